//! The usage events in a spool, read from its files as the shipper does: `MARK, length, CRC-32, kind, id, body`.

use std::{fs, path::Path};

use metering::UsageEvent;

const HEADER: usize = 8;
const PREFIX: usize = 12;
const IDENTITY: usize = 17;
const END: u8 = 3;

/// Every event that is on disk, in the order of writing.
pub fn events(folder: &Path) -> Vec<UsageEvent> {
    let mut segments: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "spool"))
        .collect();
    segments.sort();
    segments.iter().flat_map(|path| in_segment(&fs::read(path).unwrap())).collect()
}

fn in_segment(bytes: &[u8]) -> Vec<UsageEvent> {
    let mut events = Vec::new();
    let mut at = HEADER;
    while let Some(prefix) = bytes.get(at..at + PREFIX) {
        let length = u32::from_le_bytes(prefix[4..8].try_into().unwrap()) as usize;
        let Some(payload) = bytes.get(at + PREFIX..at + PREFIX + length) else { break };
        if payload[0] == END {
            events.push(postcard::from_bytes(&payload[IDENTITY..]).unwrap());
        }
        at += PREFIX + length;
    }
    events
}
