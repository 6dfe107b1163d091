//! The atomic operations. Each touches `KEYS[1]` only.

use std::sync::LazyLock;

use redis::Script;

/// ARGV: token, ttl in ms. The holder may take its lock again.
pub static ACQUIRE: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        r"
        local holder = redis.call('GET', KEYS[1])
        if holder and holder ~= ARGV[1] then return 0 end
        redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
        return 1",
    )
});

/// ARGV: token.
pub static RELEASE: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        r"
        if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
        return redis.call('DEL', KEYS[1])",
    )
});

/// ARGV: amount, ttl in ms (0: none). Only a new counter gets its life.
pub static INCR_BY: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        r"
        local new = redis.call('EXISTS', KEYS[1]) == 0
        local sum = redis.call('INCRBY', KEYS[1], ARGV[1])
        if new and ARGV[2] ~= '0' then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
        return sum",
    )
});

/// ARGV: units per microsecond, burst, cost. Returns allowed and the units left, as text for its fraction.
/// The server's clock is used, so that replicas with clocks of their own agree.
pub static ADMIT: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        r"
        local rate, burst, cost = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
        local time = redis.call('TIME')
        local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
        local bucket = redis.call('HMGET', KEYS[1], 'tokens', 'at')
        local tokens = burst
        if bucket[1] then
            local elapsed = math.max(0, now - tonumber(bucket[2]))
            tokens = math.min(burst, tonumber(bucket[1]) + elapsed * rate)
        end
        local allowed = 0
        if cost <= tokens + 0.000001 then
            allowed = 1
            tokens = math.max(0, tokens - cost)
            if cost > 0 then
                redis.call('HSET', KEYS[1], 'tokens', string.format('%.6f', tokens), 'at', string.format('%.0f', now))
                redis.call('PEXPIRE', KEYS[1], string.format('%.0f', math.ceil((burst - tokens) / rate / 1000) + 1))
            end
        end
        return {allowed, string.format('%.6f', tokens)}",
    )
});

/// ARGV: field, value, ttl in ms.
pub static PUT_FIELD: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        r"
        redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
        redis.call('PEXPIRE', KEYS[1], ARGV[3])
        return redis.status_reply('OK')",
    )
});
