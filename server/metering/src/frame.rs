//! One record in a segment: `MARK, length, CRC-32 of the payload, payload`, numbers little endian. The payload is the
//! kind (1 byte), the event's id (16 bytes) and a body in postcard.
//!
//! The mark lets a reader find the next good record behind a damaged one, whose length can't be believed.

use postcard::ser_flavors::Flavor;
use serde::Serialize;
use shared::UsageEventId;
use uuid::Uuid;

const MARK: [u8; 4] = [0xF5, 0x59, 0x9E, 0xC7];
const PREFIX: usize = 12;
const IDENTITY: usize = 17;
/// Where a record's body begins.
pub(crate) const BODY_AT: usize = PREFIX + IDENTITY;
/// Far above any record: strings are clipped before they are recorded.
const MAX_PAYLOAD: usize = 64 * 1024;

/// What a record says of its call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Admitted: body `AdmittedCall`.
    Begin = 1,
    /// How far it came: body `Checkpoint`.
    Checkpoint = 2,
    /// Its end: body `UsageEvent`.
    End = 3,
}

impl Kind {
    fn of(byte: u8) -> Option<Self> {
        [Self::Begin, Self::Checkpoint, Self::End].into_iter().find(|kind| *kind as u8 == byte)
    }
}

/// A record whose checksum held.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Frame {
    pub(crate) kind: Kind,
    pub(crate) id: UsageEventId,
    /// Bytes of the whole record.
    pub(crate) size: usize,
}

/// What stands at the beginning of some bytes.
#[derive(Debug)]
pub(crate) enum Parsed {
    Frame(Frame),
    /// Perhaps a record, but the bytes end before it does.
    Short,
    Bad,
}

/// Postcard into a buffer that is reused.
struct Into<'a>(&'a mut Vec<u8>);

impl Flavor for Into<'_> {
    type Output = ();

    fn try_extend(&mut self, bytes: &[u8]) -> postcard::Result<()> {
        self.0.extend_from_slice(bytes);
        Ok(())
    }

    fn try_push(&mut self, byte: u8) -> postcard::Result<()> {
        self.0.push(byte);
        Ok(())
    }

    fn finalize(self) -> postcard::Result<()> {
        Ok(())
    }
}

/// Appends one record. On error the buffer is as it was.
pub(crate) fn encode<T: Serialize>(
    out: &mut Vec<u8>,
    kind: Kind,
    id: UsageEventId,
    body: &T,
) -> postcard::Result<()> {
    let start = out.len();
    out.extend_from_slice(&MARK);
    out.extend_from_slice(&[0; PREFIX - MARK.len()]);
    out.push(kind as u8);
    out.extend_from_slice(id.uuid().as_bytes());
    let written = postcard::serialize_with_flavor(body, Into(out));
    let length = out.len() - start - PREFIX;
    if let Err(error) =
        written.and(if length > MAX_PAYLOAD { Err(postcard::Error::SerializeBufferFull) } else { Ok(()) })
    {
        out.truncate(start);
        return Err(error);
    }
    let checksum = crc32fast::hash(&out[start + PREFIX..]);
    out[start + 4..start + 8].copy_from_slice(&(length as u32).to_le_bytes());
    out[start + 8..start + 12].copy_from_slice(&checksum.to_le_bytes());
    Ok(())
}

/// Reads the record at the beginning of the bytes.
pub(crate) fn parse(bytes: &[u8]) -> Parsed {
    let mark = &bytes[..bytes.len().min(MARK.len())];
    if !MARK.starts_with(mark) {
        return Parsed::Bad;
    }
    let (Some(length), Some(checksum)) = (number(bytes, 4), number(bytes, 8)) else { return Parsed::Short };
    let length = length as usize;
    if !(IDENTITY..=MAX_PAYLOAD).contains(&length) {
        return Parsed::Bad;
    }
    let Some(payload) = bytes.get(PREFIX..PREFIX + length) else { return Parsed::Short };
    let (Some(kind), Ok(id)) = (Kind::of(payload[0]), Uuid::from_slice(&payload[1..IDENTITY])) else {
        return Parsed::Bad;
    };
    if crc32fast::hash(payload) != checksum {
        return Parsed::Bad;
    }
    Parsed::Frame(Frame { kind, id: UsageEventId::from_uuid(id), size: PREFIX + length })
}

/// Where the next whole record begins, behind a damaged one.
pub(crate) fn next_good(bytes: &[u8]) -> Option<usize> {
    (0..bytes.len()).find(|at| bytes[*at] == MARK[0] && matches!(parse(&bytes[*at..]), Parsed::Frame(_)))
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at + 4)?.try_into().ok().map(u32::from_le_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(text: &str) -> Vec<u8> {
        let mut out = Vec::new();
        encode(&mut out, Kind::End, UsageEventId::from_uuid(Uuid::from_u128(7)), &text).unwrap();
        out
    }

    #[test]
    fn a_record_is_read_as_it_was_written() {
        let bytes = record("hello");
        let Parsed::Frame(frame) = parse(&bytes) else { panic!("not a record") };
        assert_eq!((frame.kind, frame.id.uuid().as_u128(), frame.size), (Kind::End, 7, bytes.len()));
        assert_eq!(postcard::from_bytes::<&str>(&bytes[BODY_AT..]).unwrap(), "hello");
    }

    #[test]
    fn every_cut_is_short_and_every_flipped_byte_is_noticed() {
        let bytes = record("hello");
        for cut in 0..bytes.len() {
            assert!(matches!(parse(&bytes[..cut]), Parsed::Short), "cut at {cut}");
        }
        for at in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 0x10;
            assert!(!matches!(parse(&damaged), Parsed::Frame(_)), "flipped at {at}");
        }
    }

    #[test]
    fn the_next_good_record_is_found_behind_a_damaged_one() {
        let mut bytes = record("first");
        let first = bytes.len();
        bytes[5] = 0xFF;
        bytes.extend(record("second"));
        assert_eq!(next_good(&bytes), Some(first));
    }
}
