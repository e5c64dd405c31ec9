import Synchronization

/// A counter-based random generator: Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011).
///
/// A value depends on the key (the seed) and its place in the stream alone, so a tensor's random elements are the same
/// for any number of threads. Each thread has a default generator, which operations use unless they are given one:
///
/// ```swift
/// Generator.default.seed(42)
/// let state = Generator.default.state   // save ...
/// Generator.default.state = state       // ... and go on from there
/// ```
public final class Generator {
    /// Everything that decides the numbers to come.
    public struct State: Sendable, Hashable, Codable {
        /// The seed.
        public var key: UInt64
        /// The next block of the stream; a block is 128 bits, four 32-bit numbers.
        public var counter: UInt64

        /// - Parameters:
        ///   - key: the seed.
        ///   - counter: the next block of the stream.
        public init(key: UInt64, counter: UInt64 = 0) {
            self.key = key
            self.counter = counter
        }
    }

    /// Where in its stream the generator is.
    public var state: State

    /// A generator at the start of the stream of a seed.
    public init(seed: UInt64) { state = State(key: seed) }

    /// A generator that goes on from a state.
    public init(state: State) { self.state = state }

    /// The generator of this thread. Without a seed its key is different on every thread and in every run.
    public static var `default`: Generator {
        let thread = ThreadState.current
        if let generator = thread.generator { return generator }
        let generator = Generator(seed: UInt64.random(in: .min ... .max))
        thread.generator = generator
        return generator
    }

    /// Starts the stream of `seed` anew.
    public func seed(_ seed: UInt64) { state = State(key: seed) }

    /// Takes the place in the stream for `count` elements of four at most in a block, and moves on.
    func reserve(_ count: Int) -> State {
        let reserved = state
        state.counter &+= UInt64((count + 3) / 4)
        return reserved
    }
}

extension Generator: RandomNumberGenerator {
    /// The next 64 bits; uses half a block.
    public func next() -> UInt64 {
        let block = Philox.block(reserve(4))
        return UInt64(block.y) << 32 | UInt64(block.x)
    }
}

/// The block function, for single numbers; whole tensors are filled by the kernels, with the same bits.
enum Philox {
    /// In scalars: SIMD vectors, taken apart in each round, take four times as long.
    ///
    /// - Parameter upper: the upper half of the counter, which is 0 in the stream of whole tensors.
    static func block(_ state: Generator.State, upper: UInt32 = 0) -> SIMD4<UInt32> {
        var k0 = UInt32(truncatingIfNeeded: state.key)
        var k1 = UInt32(truncatingIfNeeded: state.key >> 32)
        var x = UInt32(truncatingIfNeeded: state.counter)
        var y = UInt32(truncatingIfNeeded: state.counter >> 32)
        var (z, w): (UInt32, UInt32) = (upper, 0)
        for _ in 0..<10 {
            let a = UInt64(x) * 0xD251_1F53
            let b = UInt64(z) * 0xCD9E_8D57
            (x, y) = (UInt32(truncatingIfNeeded: b >> 32) ^ y ^ k0, UInt32(truncatingIfNeeded: b))
            (z, w) = (UInt32(truncatingIfNeeded: a >> 32) ^ w ^ k1, UInt32(truncatingIfNeeded: a))
            k0 &+= 0x9E37_79B9
            k1 &+= 0xBB67_AE85
        }
        return SIMD4(x, y, z, w)
    }
}

/// Seeds the default generator of this thread, see ``Generator/default``.
public func seed(_ seed: UInt64) { Generator.default.seed(seed) }
