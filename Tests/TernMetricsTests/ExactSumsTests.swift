import TernCore
import TernMetrics
import TernTestSupport
import Testing

@Suite("Exact sums")
struct ExactSumsTests {
    @Test("nothing is lost beside large numbers")
    func cancellation() {
        var sums = ExactSums(count: 2)
        sums.add([1e300, 1, -1e300, 1e-300, -1], at: 1)
        #expect(sums[0] == 0 && sums[1] == 1e-300)
        sums.add(.leastNonzeroMagnitude, at: 0)
        #expect(sums[0] == .leastNonzeroMagnitude)
        sums.add([.greatestFiniteMagnitude, .greatestFiniteMagnitude], at: 0)
        #expect(sums[0] == .infinity)
        sums.add([-.greatestFiniteMagnitude, -.greatestFiniteMagnitude], at: 0)
        #expect(sums[0] == .leastNonzeroMagnitude)
        sums.reset()
        #expect(sums.values == [0, 0])
    }

    @Test("sums are rounded once, to the nearest, ties to even", arguments: 0..<40)
    func rounding(seed: UInt64) {
        var numbers = SystemRandomNumberGenerator()
        _ = seed
        var (sums, exact) = (ExactSums(count: 1), Int128(0))
        for _ in 0..<Int.random(in: 1...50, using: &numbers) {
            // Numbers of up to 53 bits, of very different sizes.
            let bits = Int64.random(in: -(1 << 52)...(1 << 52), using: &numbers)
            let shift = Int.random(in: 0...60, using: &numbers)
            sums.add(Double(bits) * Double(sign: .plus, exponent: shift - 60, significand: 1))
            exact += Int128(bits) << shift
        }
        // The conversion of Int128 rounds to the nearest, ties to even.
        #expect(sums[0] == Double(exact) * Double(sign: .plus, exponent: -60, significand: 1))
    }

    @Test("halves of the last bit go to even, and a little more than a half up")
    func ties() {
        for (more, expected) in [(0, 1), (1e-300, 1.0000000000000002)] as [(Double, Double)] {
            var sums = ExactSums(count: 1)
            sums.add([1, 0x1p-53, more])
            #expect(sums[0] == expected)
        }
        var odd = ExactSums(count: 1)
        odd.add([1.0000000000000002, 0x1p-53])
        #expect(odd[0] == 1.0000000000000004)
    }

    @Test("products are exact")
    func products() {
        var sums = ExactSums(count: 1)
        sums.add(0.1, times: 0.1)
        sums.add(-0.1 * 0.1)
        // What a product of two numbers of 53 bits leaves behind.
        #expect(sums[0] == (-0.1 * 0.1).addingProduct(0.1, 0.1) && sums[0] != 0)
    }

    @Test("numbers that are not finite do what they do in any sum")
    func special() {
        var sums = ExactSums(count: 4)
        sums.add([1, .infinity, 2], at: 0)
        sums.add([-.infinity, 1], at: 1)
        sums.add([.infinity, -.infinity], at: 2)
        sums.add([.nan, 3], at: 3)
        #expect(sums[0] == .infinity && sums[1] == -.infinity && sums[2].isNaN && sums[3].isNaN)
    }

    @Test("the same numbers make equal sums, however they came together")
    func equality() throws {
        var (one, other, part) = (ExactSums(count: 2), ExactSums(count: 2), ExactSums(count: 2))
        one.add([-3.25, 0x1p80, 1e-9])
        one.add([0x1p-70, -0x1p-70], at: 1)
        other.add(1e-9)
        part.add([0x1p80, -3.25])
        other.add(part)
        #expect(one == other)
        other.add(0x1p-200)
        #expect(one != other)
        let difference: [Double] = [0x1p-200, -0x1p-200, -0x1p80, 3.25, -1e-9]
        other.add(difference.map { -$0 })
        other.add(difference)
        other.add(-0x1p-200)
        #expect(one == other)
    }

    @Test("wrong use stops with a message")
    func mistakes() async {
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = ExactSums(count: 0)
        }.expectMessage("ExactSums: expects a count of at least 1, got 0")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            var sums = ExactSums(count: 1)
            sums.add(ExactSums(count: 2))
        }.expectMessage("ExactSums: expects 1 sums to add, got 2")
    }
}
