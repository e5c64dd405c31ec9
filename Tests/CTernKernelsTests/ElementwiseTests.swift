import CTernKernels
import Foundation
import Testing

private let strides = [1, 0, 2, -1, 3]

/// Lengths around every vector length and block length.
private let lengths = Array(0...70) + [255, 256, 257, 600]

private func kernels(_ level: TernLevel, _ type: TernType) -> TernElementwiseKernels {
    tern_kernels(level, type).pointee.elementwise.pointee
}

/// Checks a binary kernel against `reference` for all lengths, and for several strides of both operands.
private func checkBinary<T: Element>(
    _ level: TernLevel, _ op: BinaryFunction, _ values: [T], lengths: [Int] = lengths, _ reference: (T, T) -> T
) {
    for n in lengths {
        let pairs = n > 5 && n % 16 != 1 ? [(1, 1)] : strides.flatMap { s in strides.map { (s, $0) } }
        for (sa, sb) in pairs {
            let a = Strided((0..<n).map { values[$0 % values.count] }, stride: sa)
            let b = Strided((0..<n).map { values[($0 * 7 + 3) % values.count] }, stride: sb)
            let y: [T] = written(n) { y in
                a.withPointer { a in b.withPointer { b in kernels(level, T.type).binary(op, n, a, sa, b, sb, y) } }
            }
            #expect(y == zip(a.values, b.values).map(reference), "n = \(n), strides \(sa) and \(sb)")
        }
    }
}

@Suite("Elementwise kernels") struct ElementwiseTests {
    @Test("float arithmetic for every length and stride", arguments: availableLevels)
    func floatArithmetic(level: TernLevel) {
        func check<T: Real>(_: T.Type) {
            var numbers = TestNumbers(1)
            let values: [T] = numbers.reals(97)
            checkBinary(level, .add, values) { $0 + $1 }
            checkBinary(level, .subtract, values, lengths: [5, 70]) { $0 - $1 }
            checkBinary(level, .multiply, values, lengths: [5, 70]) { $0 * $1 }
            checkBinary(level, .divide, values, lengths: [5, 70]) { $0 / $1 }
            checkBinary(level, .maximum, values, lengths: [5, 70]) { max($0, $1) }
            checkBinary(level, .minimum, values, lengths: [5, 70]) { min($0, $1) }
            checkBinary(level, .reluBackward, values, lengths: [5, 70]) { $1 > 0 ? $0 : 0 }
            checkBinary(level, .remainder, values, lengths: [5, 70]) {
                let r = $0.truncatingRemainder(dividingBy: $1)
                return r != 0 && (r < 0) != ($1 < 0) ? r + $1 : r
            }
            checkBinary(level, .floorDivide, values, lengths: [5, 70]) { ($0 / $1).rounded(.down) }
        }
        check(Float.self)
        check(Double.self)
    }

    @Test("integer arithmetic wraps, and division by zero gives 0", arguments: availableLevels)
    func integerArithmetic(level: TernLevel) {
        func check<T: Element & FixedWidthInteger>(_: T.Type) {
            let values: [T] = [0, 1, 2, 3, 7, 100, .max, .min, .max - 1, 5, 0 &- 1, 0 &- 7, 0 &- 3, 12, 13]
            func floorDivide(_ a: T, _ b: T) -> T {
                if b == 0 { return 0 }
                let (q, r) = (
                    a.dividedReportingOverflow(by: b).partialValue,
                    a.remainderReportingOverflow(dividingBy: b).partialValue
                )
                return r != 0 && (r < 0) != (b < 0) ? q - 1 : q
            }
            checkBinary(level, .add, values) { $0 &+ $1 }
            checkBinary(level, .subtract, values, lengths: [5, 70]) { $0 &- $1 }
            checkBinary(level, .multiply, values, lengths: [5, 70]) { $0 &* $1 }
            checkBinary(level, .maximum, values, lengths: [5, 70]) { max($0, $1) }
            checkBinary(level, .minimum, values, lengths: [5, 70]) { min($0, $1) }
            checkBinary(level, .floorDivide, values, lengths: [5, 70], floorDivide)
            checkBinary(level, .remainder, values, lengths: [5, 70]) {
                $1 == 0 ? 0 : $0 &- floorDivide($0, $1) &* $1
            }
            func power(_ a: T, _ b: T) -> T {
                if b < 0 { return a == 1 ? 1 : a == 0 &- 1 ? (b % 2 == 0 ? 1 : 0 &- 1) : 0 }
                return (0..<Int(b)).reduce(1) { product, _ in product &* a }
            }
            checkBinary(
                level, .power, T.isSigned ? [0, 1, 2, 3, 9, 0 &- 1, 0 &- 2] : [0, 1, 2, 3, 9], power)
        }
        check(UInt8.self)
        check(Int8.self)
        check(UInt16.self)
        check(Int16.self)
        check(UInt32.self)
        check(Int32.self)
        check(UInt64.self)
        check(Int64.self)
    }

    @Test("maximum, minimum and clamp hand on NaN", arguments: availableLevels)
    func nanPropagates(level: TernLevel) {
        let a: [Float] = [.nan, 1, .nan, 2]
        let b: [Float] = [1, .nan, .nan, 3]
        for op: BinaryFunction in [.maximum, .minimum] {
            let y: [Float] = written(4) { kernels(level, .TERN_FLOAT32).binary(op, 4, a, 1, b, 1, $0) }
            #expect(y.map(\.isNaN) == [true, true, true, false])
        }
        let clamped: [Float] = written(4) { kernels(level, .TERN_FLOAT32).clamp(-1, 1.5, 4, a, 1, $0) }
        #expect(clamped[0].isNaN && clamped[1] == 1 && clamped[3] == 1.5)
        let relu: [Float] = written(4) { kernels(level, .TERN_FLOAT32).unary(.relu, 4, a, 1, $0) }
        #expect(relu[0].isNaN && relu[1] == 1)
    }

    @Test("unary operations for every length and stride, in place too", arguments: availableLevels)
    func unary(level: TernLevel) {
        var numbers = TestNumbers(2)
        for n in lengths {
            for stride in strides {
                let x: Strided<Float> = Strided(numbers.reals(n), stride: stride)
                let y: [Float] = written(n) { y in
                    x.withPointer { kernels(level, .TERN_FLOAT32).unary(.square, n, $0, stride, y) }
                }
                #expect(y == x.values.map { $0 * $0 }, "n = \(n), stride \(stride)")
            }
            let values: [Double] = numbers.reals(n)
            let inPlace: [Double] = written(n) { y in
                y.update(from: values, count: n)
                kernels(level, .TERN_FLOAT64).unary(.negate, n, y, 1, y)
            }
            #expect(inPlace == values.map { -$0 })
        }
    }

    @Test("unary operations on integers", arguments: availableLevels)
    func integerUnary(level: TernLevel) {
        let x: [Int32] = [0, 1, -1, 5, -7, .max, .min] + Array(-20...20)
        for (op, reference): (UnaryFunction, (Int32) -> Int32) in [
            (.negate, { 0 &- $0 }), (.abs, { $0 < 0 ? 0 &- $0 : $0 }),
            (.sign, { $0.signum() }),
            (.square, { $0 &* $0 }), (.relu, { max($0, 0) }),
        ] {
            let y: [Int32] = written(x.count) { kernels(level, .TERN_INT32).unary(op, x.count, x, 1, $0) }
            #expect(y == x.map(reference))
        }
    }

    @Test("derivatives agree with difference quotients", arguments: availableLevels)
    func derivatives(level: TernLevel) {
        let x = Array(stride(from: -6.0, through: 6.0, by: 0.37))
        let n = x.count
        func unary(_ op: UnaryFunction, _ x: [Double]) -> [Double] {
            written(n) { kernels(level, .TERN_FLOAT64).unary(op, n, x, 1, $0) }
        }
        let g = x.map { 1 + $0 / 10 }
        for (backward, forward, fromOutput): (BinaryFunction, UnaryFunction, Bool) in [
            (.sigmoidBackward, .sigmoid, true),
            (.tanhBackward, .tanh, true),
            (.reluBackward, .relu, true), (.siluBackward, .silu, false),
            (.geluBackward, .gelu, false),
            (.geluTanhBackward, .geluTanh, false),
            (.softplusBackward, .softplus, false),
            (.logSigmoidBackward, .logSigmoid, false), (.softsignBackward, .softsign, false),
            (.mishBackward, .mish, false), (.hardSigmoidBackward, .hardSigmoid, false),
            (.hardSwishBackward, .hardSwish, false), (.seluBackward, .selu, false),
        ] {
            let above = unary(forward, x.map { $0 + 1e-5 })
            let below = unary(forward, x.map { $0 - 1e-5 })
            let saved = fromOutput ? unary(forward, x) : x
            let dx: [Double] = written(n) { kernels(level, .TERN_FLOAT64).binary(backward, n, g, 1, saved, 1, $0) }
            let single: [Float] = written(n) {
                kernels(level, .TERN_FLOAT32).binary(
                    backward, n, g.map { Float($0) }, 1, saved.map { Float($0) }, 1, $0)
            }
            for i in 0..<n {
                let quotient = g[i] * (above[i] - below[i]) / 2e-5
                #expect(abs(dx[i] - quotient) < 1e-9, "\(backward) at \(x[i])")
                #expect(abs(Double(single[i]) - quotient) < 5e-7, "\(backward) at \(x[i]), float32")
            }
        }
    }

    @Test("leaky ReLU and ELU with their derivatives", arguments: availableLevels)
    func parameterized(level: TernLevel) {
        let x: [Double] = [-30, -2, -0.5, -1e-9, 0, 1e-9, 0.5, 2, 30, .nan]
        let p = 0.3
        let n = x.count
        let leaky: [Double] = written(n) {
            kernels(level, .TERN_FLOAT64).unaryParameter(.leakyRelu, p, n, x, 1, $0)
        }
        let elu: [Double] = written(n) {
            kernels(level, .TERN_FLOAT64).unaryParameter(.elu, p, n, x, 1, $0)
        }
        let g = [Double](repeating: 2, count: n)
        let dLeaky: [Double] = written(n) {
            kernels(level, .TERN_FLOAT64).binaryParameter(.leakyReluBackward, p, n, g, 1, x, 1, $0)
        }
        let dElu: [Double] = written(n) {
            kernels(level, .TERN_FLOAT64).binaryParameter(.eluBackward, p, n, g, 1, x, 1, $0)
        }
        for i in 0..<(n - 1) {
            #expect(leaky[i] == (x[i] > 0 ? x[i] : p * x[i]))
            #expect(ulps(elu[i], x[i] > 0 ? x[i] : p * expm1(x[i])) <= 3)
            #expect(dLeaky[i] == (x[i] > 0 ? 2 : 2 * p))
            #expect(ulps(dElu[i], x[i] > 0 ? 2 : 2 * p * exp(x[i])) <= 3)
        }
        #expect(leaky[n - 1].isNaN && elu[n - 1].isNaN)
    }
}
