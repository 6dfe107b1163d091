//! The KV cache of an engine, in blocks.

use crate::BlockId;

const ABSENT: u8 = 0;
/// Has its place; nobody has read it yet.
const RESERVED: u8 = 1;
const COMPUTED: u8 = 2;

/// Blocks that running requests hold, and those that nobody does in the order of their last use.
///
/// Arrays by block's number, which a trace hands out densely; number 0 is the list's end.
#[derive(Debug)]
pub struct BlockCache {
    room: u32,
    /// Blocks that have a place, held or idle, and the unfinished ones of running requests.
    taken: u32,
    idle: u32,
    state: Vec<u8>,
    holders: Vec<u32>,
    newer: Vec<BlockId>,
    older: Vec<BlockId>,
}

impl BlockCache {
    /// Room for so many blocks, of a trace whose highest is `last`.
    pub fn new(room: u32, last: BlockId) -> Self {
        let length = last as usize + 1;
        Self {
            room,
            taken: 0,
            idle: 0,
            state: vec![0; length],
            holders: vec![0; length],
            newer: vec![0; length],
            older: vec![0; length],
        }
    }

    /// Holds a request's blocks, and so many besides that are not whole. False, and nothing changes, where running
    /// requests leave no room for them.
    pub fn hold(&mut self, blocks: &[BlockId], unfinished: u32) -> bool {
        let (mut absent, mut idle) = (0, 0);
        for &block in blocks {
            match (self.state[block as usize], self.holders[block as usize]) {
                (ABSENT, _) => absent += 1,
                (_, 0) => idle += 1,
                _ => {}
            }
        }
        if self.taken - self.idle + idle + absent + unfinished > self.room {
            return false;
        }
        for &block in blocks {
            let at = block as usize;
            if self.state[at] != ABSENT && self.holders[at] == 0 {
                self.unlink(block);
            }
            self.holders[at] += 1;
        }
        for &block in blocks {
            if self.state[block as usize] == ABSENT {
                self.take_place();
                self.state[block as usize] = RESERVED;
            }
        }
        for _ in 0..unfinished {
            self.take_place();
        }
        true
    }

    /// How many blocks at the beginning are there to be used.
    pub fn cached(&self, blocks: &[BlockId]) -> usize {
        blocks.iter().take_while(|block| self.state[**block as usize] == COMPUTED).count()
    }

    pub fn computed(&mut self, blocks: &[BlockId]) {
        for &block in blocks {
            self.state[block as usize] = COMPUTED;
        }
    }

    /// Lets them go; the last one of a request gives way first.
    pub fn release(&mut self, blocks: &[BlockId], unfinished: u32) {
        self.taken -= unfinished;
        for &block in blocks.iter().rev() {
            let at = block as usize;
            self.holders[at] -= 1;
            if self.holders[at] == 0 {
                self.link(block);
            }
        }
    }

    /// The share that running requests hold, 0 to 1.
    pub fn held_share(&self) -> f64 {
        f64::from(self.taken - self.idle) / f64::from(self.room)
    }

    /// Blocks that have a place, never more than the room.
    pub const fn taken(&self) -> u32 {
        self.taken
    }

    fn take_place(&mut self) {
        if self.taken == self.room {
            let oldest = self.newer[0];
            self.unlink(oldest);
            self.state[oldest as usize] = ABSENT;
        } else {
            self.taken += 1;
        }
    }

    /// Puts a block at the list's new end.
    fn link(&mut self, block: BlockId) {
        let newest = self.older[0];
        (self.older[block as usize], self.newer[block as usize]) = (newest, 0);
        (self.newer[newest as usize], self.older[0]) = (block, block);
        self.idle += 1;
    }

    fn unlink(&mut self, block: BlockId) {
        let (older, newer) = (self.older[block as usize], self.newer[block as usize]);
        (self.newer[older as usize], self.older[newer as usize]) = (newer, older);
        self.idle -= 1;
    }
}
