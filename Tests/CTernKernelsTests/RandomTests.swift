import CTernKernels
import Foundation
import Testing

private func kernels(_ level: TernLevel, _ type: TernType) -> TernRandomKernels {
    tern_kernels(level, type).pointee.random.pointee
}

/// Philox4x32-10, as the paper has it.
private func philox(key: UInt64, block: UInt64) -> [UInt32] {
    var (k0, k1) = (UInt32(truncatingIfNeeded: key), UInt32(key >> 32))
    var c = [UInt32(truncatingIfNeeded: block), UInt32(block >> 32), 0, 0]
    for _ in 0..<10 {
        let (a, b) = (c[0].multipliedFullWidth(by: 0xD251_1F53), c[2].multipliedFullWidth(by: 0xCD9E_8D57))
        c = [b.high ^ c[1] ^ k0, b.low, a.high ^ c[3] ^ k1, a.low]
        (k0, k1) = (k0 &+ 0x9E37_79B9, k1 &+ 0xBB67_AE85)
    }
    return c
}

private let key: UInt64 = 0x0123_4567_89AB_CDEF

@Suite("Random numbers") struct RandomTests {
    private func bits(_ level: TernLevel, _ key: UInt64, _ counter: UInt64, _ first: Int, _ n: Int) -> [UInt32] {
        var y = [UInt32](repeating: 0, count: n)
        kernels(level, .TERN_UINT32).bits!(key, counter, first, n, &y)
        return y
    }

    @Test("the bits are those of Philox4x32-10", arguments: availableLevels)
    func knownAnswer(level: TernLevel) {
        // Of the known answers of Random123.
        #expect(bits(level, 0, 0, 0, 4) == [0x6627_E8D5, 0xE169_C58D, 0xBC57_AC4C, 0x9B00_DBD8])
        for counter: UInt64 in [0, 5, 0xFFFF_FFFE, .max - 3] {
            let expected = (0..<40).flatMap { philox(key: key, block: counter &+ $0) }
            #expect(bits(level, key, counter, 0, 160) == expected)
            #expect(bits(level, key, counter, 7, 90) == Array(expected[7..<97]))
        }
    }

    /// What every function gives as a whole must be what it gives in pieces, and at the portable level.
    private func checkPieces<T: Element>(
        _ level: TernLevel, _ type: TernType = T.type,
        _ make: (TernRandomKernels, _ first: Int, _ n: Int, UnsafeMutablePointer<T>) -> Void
    ) -> [T] {
        let n = 1300
        let whole: [T] = written(n) { make(kernels(level, type), 0, n, $0) }
        #expect(whole == written(n) { make(kernels(.TERN_LEVEL_PORTABLE, type), 0, n, $0) })
        for cuts in [[0, 1, 2, 5, 70, 333, n], [0, 511, 1024, 1025, n]] {
            let pieces: [T] = written(n) { y in
                for (from, to) in zip(cuts, cuts.dropFirst()) { make(kernels(level, type), from, to - from, y + from) }
            }
            #expect(pieces == whole)
        }
        return whole
    }

    @Test("any cut of a range and every level give the same bits", arguments: availableLevels)
    func pieces(level: TernLevel) {
        func floats<T: Real>(_: T.Type) {
            let uniform: [T] = checkPieces(level) { $0.uniform!(key, 3, $1, $2, -2, 5, $3) }
            #expect(uniform.allSatisfy { $0 >= -2 && $0 < 5 })
            _ = checkPieces(level) { $0.normal!(key, 3, $1, $2, 1, 2, $3) } as [T]
            let x = (0..<1300).map { T($0 + 1) }
            let dropped: [T] = checkPieces(level) { kernels, first, n, y in
                x.withUnsafeBufferPointer {
                    kernels.dropout!(key, 3, first, n, 0.7, 1 / 0.7, $0.baseAddress! + first, y)
                }
            }
            let kept: [UInt8] = checkPieces(level) { $0.bernoulli!(key, 3, $1, $2, 0.7, $3) }
            #expect(dropped == zip(x, kept).map { $1 == 1 ? $0 * T(1 / 0.7) : 0 })
        }
        floats(Float.self)
        floats(Double.self)
        let integers: [Int64] = checkPieces(level) { $0.integers!(key, 3, $1, $2, -5, 11, $3) }
        #expect(Set(integers) == Set(-5...5))
        let small: [Int32] = checkPieces(level) { $0.integers!(key, 3, $1, $2, -5, 11, $3) }
        #expect(small.map { Int64($0) } == integers)
    }

    @Test("uniform numbers are the upper bits of their words", arguments: availableLevels)
    func uniformBits(level: TernLevel) {
        let words = (0..<10).flatMap { philox(key: key, block: $0) }
        let single: [Float] = written(40) { kernels(level, .TERN_FLOAT32).uniform!(key, 0, 0, 40, 0, 1, $0) }
        #expect(single == words.map { Float($0 >> 8) * 0x1p-24 })
        let double: [Double] = written(20) { kernels(level, .TERN_FLOAT64).uniform!(key, 0, 0, 20, 0, 1, $0) }
        #expect(
            double == (0..<20).map { Double((UInt64(words[2 * $0]) | UInt64(words[2 * $0 + 1]) << 32) >> 11) * 0x1p-53 }
        )
    }

    @Test("uniform numbers stay below the upper bound where rounding would reach it", arguments: availableLevels)
    func upperBound(level: TernLevel) {
        let high = Float(1).nextUp.nextUp
        let y: [Float] = written(200) { kernels(level, .TERN_FLOAT32).uniform!(key, 0, 0, 200, 1, Double(high), $0) }
        #expect(y.allSatisfy { $0 >= 1 && $0 < high })
        let zero: [Float] = written(200) { kernels(level, .TERN_FLOAT32).uniform!(key, 0, 0, 200, -0x1p-149, 0, $0) }
        #expect(zero.allSatisfy { $0 == -0x1p-149 })
    }

    @Test("normal numbers are Box and Muller's", arguments: availableLevels)
    func boxMuller(level: TernLevel) {
        let n = 4000
        let words = bits(level, key, 0, 0, n)
        let single: [Float] = written(n) { kernels(level, .TERN_FLOAT32).normal!(key, 0, 0, n, 0, 1, $0) }
        let double: [Double] = written(n / 2) { kernels(level, .TERN_FLOAT64).normal!(key, 0, 0, n / 2, 0, 1, $0) }
        func pair(_ u1: Double, _ u2: Double) -> (Double, Double) {
            let radius = (-2 * log(u1)).squareRoot()
            return (radius * cos(2 * .pi * u2), radius * sin(2 * .pi * u2))
        }
        func unit(_ i: Int) -> Double { Double((UInt64(words[i]) | UInt64(words[i + 1]) << 32) >> 12) }
        for i in stride(from: 0, to: n, by: 4) {
            for j in [i, i + 2] {
                let (even, odd) = pair((Double(words[j]) + 0.5) * 0x1p-32, Double(words[j + 1]) * 0x1p-32)
                #expect(isClose(single[j], even, tolerance: 1e-7) && isClose(single[j + 1], odd, tolerance: 1e-7))
            }
            let (even, odd) = pair((unit(i) + 0.5) * 0x1p-52, unit(i + 2) * 0x1p-52)
            #expect(isClose(double[i / 2], even, tolerance: 4e-15) && isClose(double[i / 2 + 1], odd, tolerance: 4e-15))
        }
        let mean = single.reduce(0, +) / Float(n)
        let variance = single.reduce(0) { $0 + $1 * $1 } / Float(n)
        #expect(abs(mean) < 0.06 && abs(variance - 1) < 0.08)
    }

    @Test("dropout keeps the given share, all or nothing at the ends", arguments: availableLevels)
    func dropout(level: TernLevel) {
        let n = 10_000
        for keep in [0, 0.1, 0.5, 1] {
            let y: [UInt8] = written(n) { kernels(level, .TERN_BOOL).bernoulli!(key, 0, 0, n, keep, $0) }
            #expect(abs(Double(y.reduce(0) { $0 + Int($1) }) / Double(n) - keep) <= (keep == 0 || keep == 1 ? 0 : 0.02))
        }
        let x = [Float](repeating: .nan, count: 50)
        let none: [Float] = written(50) { kernels(level, .TERN_FLOAT32).dropout!(key, 0, 0, 50, 0, .infinity, x, $0) }
        #expect(none == [Float](repeating: 0, count: 50))
        let inPlace: [Float] = written(50) {
            $0.update(repeating: 3, count: 50)
            kernels(level, .TERN_FLOAT32).dropout!(key, 0, 0, 50, 1, 1, $0, $0)
        }
        #expect(inPlace == [Float](repeating: 3, count: 50))
    }
}
