import TernCore
import Testing

private struct Exponential: CustomFunction {
    func forward(_ inputs: [Tensor], _ context: FunctionContext) -> [Tensor] {
        let y = exp(inputs[0])
        context.save(y)
        return [y]
    }
    func backward(_ gradients: [Tensor], _ context: FunctionContext) -> [Tensor?] {
        [gradients[0] * context.saved[0]]
    }
}

/// Product and quotient, which share what they save.
private struct ProductAndQuotient: CustomFunction {
    func forward(_ inputs: [Tensor], _ context: FunctionContext) -> [Tensor] {
        let quotient = inputs[0] / inputs[1]
        context.save(inputs[0], inputs[1], quotient)
        return [inputs[0] * inputs[1], quotient]
    }
    func backward(_ gradients: [Tensor], _ context: FunctionContext) -> [Tensor?] {
        let (a, b, quotient) = (context.saved[0], context.saved[1], context.saved[2])
        return [gradients[0] * b + gradients[1] / b, gradients[0] * a - gradients[1] * quotient / b]
    }
}

/// The largest of each row, and where it is.
private struct RowMaximum: CustomFunction {
    func forward(_ inputs: [Tensor], _ context: FunctionContext) -> [Tensor] {
        let place = inputs[0].argmax(axis: 1, keepAxes: true)
        let asFloat = place.converted(to: inputs[0].dtype)
        context.save(place)
        context.markNotDifferentiable(asFloat)
        return [inputs[0].gathered(place, axis: 1), place, asFloat]
    }
    func backward(_ gradients: [Tensor], _ context: FunctionContext) -> [Tensor?] {
        let zeros = Tensor.zeros([gradients[0].shape[0], 3], dtype: gradients[0].dtype)
        return [zeros.scatterAdded(gradients[0], at: context.saved[0], axis: 1)]
    }
}

/// Twice its input. The derivative writes over what is saved for it, and says whether that was copied.
private struct Overwriting: CustomFunction {
    let isCopied: (Bool) -> Void

    func forward(_ inputs: [Tensor], _ context: FunctionContext) -> [Tensor] {
        context.save(inputs[0] * 0 + 2)
        return [inputs[0] * 2]
    }
    func backward(_ gradients: [Tensor], _ context: FunctionContext) -> [Tensor?] {
        let before = context.saved[0].withUnsafeBuffer(of: Float.self) { $0.baseAddress }
        var slope = context.takeSaved().first!
        slope.withUnsafeMutableBuffer(of: Float.self) { slope in
            isCopied(UnsafePointer(slope.baseAddress) != before)
            gradients[0].withUnsafeBuffer(of: Float.self) { gradient in
                for index in slope.indices { slope[index] *= gradient[index] }
            }
        }
        return [slope]
    }
}

/// Gives its input back.
private struct Identity: CustomFunction {
    func forward(_ inputs: [Tensor], _ context: FunctionContext) -> [Tensor] { inputs }
    func backward(_ gradients: [Tensor], _ context: FunctionContext) -> [Tensor?] { [gradients[0] * -1] }
}

/// Its input, with a gradient of another type.
private struct Widening: CustomFunction {
    func forward(_ inputs: [Tensor], _ context: FunctionContext) -> [Tensor] { [inputs[0] * 1.0] }
    func backward(_ gradients: [Tensor], _ context: FunctionContext) -> [Tensor?] {
        [gradients[0].converted(to: .float64)]
    }
}

@Suite("CustomFunction")
struct CustomFunctionTests {
    @Test("a gradient of another type than the input's is converted")
    func otherType() {
        let x = Variable(Tensor.ones([1000]))
        Widening()(relu(x.value)).sum().backward()
        #expect(x.gradient?.dtype == .float32)
        #expect(x.gradient == Tensor.ones([1000]))
    }

    @Test("a saved output gives first and second derivatives")
    func savedOutput() throws {
        let x = signedValues([2, 3])
        try checkGradient({ Exponential()($0[0]) }, at: [x])
        try checkSecondGradient({ Exponential()($0[0]) }, at: [x])
    }

    @Test("several outputs have derivatives, each alone and together")
    func severalOutputs() throws {
        let (x, y) = (signedValues([2, 3]), signedValues([2, 3], seed: 2))
        try checkGradient({ ProductAndQuotient().apply($0) }, at: [x, y])
        try checkSecondGradient({ ProductAndQuotient().apply($0) }, at: [x, y])
        try checkGradient({ ProductAndQuotient().apply($0)[1] }, at: [x, y])
    }

    @Test("outputs that are not differentiable need no gradient")
    func notDifferentiable() throws {
        let tape = GradientTape()
        let x = tape.watch([[1, 5, 2], [7, 3, 4]])
        let outputs = RowMaximum().apply([x])
        #expect(outputs.map(\.requiresGradient) == [true, false, false])
        #expect(outputs[1] == Tensor(shape: [2, 1], values: [1, 0] as [Int]))
        #expect(tape.gradient(of: outputs[0].sum(), with: x) == [[0, 1, 0], [1, 0, 0]])
    }

    @Test("an input that is given back counts as an output of its own")
    func identity() {
        let tape = GradientTape()
        let x = tape.watch(Tensor([1, 2]))
        #expect(tape.gradient(of: (Identity()(x) + x * 3).sum(), with: x) == [2, 2])
    }

    @Test("saved tensors that are taken are written in place, and copied where the graph is retained")
    func taken() {
        let x = Variable(Tensor([1, 2, 3]))
        nonisolated(unsafe) var copied: [Bool] = []
        let y = Overwriting { copied.append($0) }(x.value).sum()
        y.backward(retainGraph: true)
        y.backward(retainGraph: true)
        y.backward()
        #expect(copied == [true, true, false])
        #expect(x.gradient == Tensor([6, 6, 6]))

        copied = []
        let tape = GradientTape()
        let z = tape.watch(Tensor([1, 2, 3]))
        let sum = tape.record { Overwriting { copied.append($0) }(z).sum() }
        #expect(tape.gradient(of: sum, with: z) == Tensor([2, 2, 2]))
        #expect(copied == [false])
    }

    @Test("is not recorded where nothing needs a gradient")
    func unrecorded() {
        #expect(!Exponential()(Tensor([1])).requiresGradient)
        let w = Variable(Tensor([1]))
        #expect(withoutGradients { !Exponential()(w.value).requiresGradient })
    }
}
