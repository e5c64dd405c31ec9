import CTernKernels

/// The levels that this CPU can run.
let availableLevels = [TernLevel.TERN_LEVEL_PORTABLE, .TERN_LEVEL_NEON, .TERN_LEVEL_AVX2, .TERN_LEVEL_AVX512].filter {
    tern_level_is_available($0)
}

/// A small generator, so that a shape that fails can be run again.
struct TestGenerator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var x = state
        x = (x ^ (x >> 30)) &* 0xBF58_476D_1CE4_E5B9
        x = (x ^ (x >> 27)) &* 0x94D0_49BB_1331_11EB
        return x ^ (x >> 31)
    }
    mutating func values(_ count: Int) -> [Double] {
        (0..<count).map { _ in Double(Float.random(in: -1...1, using: &self)) }
    }
}
