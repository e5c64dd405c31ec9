// Optimizer updates in one pass over a parameter, its gradient and its state, in place: what TernOptimizers' rules say in
// tensor operations. They return false, and change nothing, if their kernels do not take the tensors as they are: of one
// type that has a kernel, of the parameter's shape, and the gradient contiguous.

extension Tensor {
    /// - Parameter slots: nothing, or the momentum buffer, made here at the first step.
    package mutating func updateSGD(
        gradient: Tensor, slots: inout [Tensor], learningRate: Double, momentum: Double, dampening: Double,
        weightDecay: Double, nesterov: Bool
    ) -> Bool {
        let isFirst = momentum != 0 && slots.isEmpty
        if !isUpdatable(gradient, slots, count: momentum == 0 || isFirst ? 0 : 1) { return false }
        if isFirst { slots = [Tensor(uninitialized: shape, dtype: dtype)] }
        let rule = SGDRule(
            learning_rate: learningRate, momentum: momentum, dampening: dampening, weight_decay: weightDecay,
            nesterov: nesterov, first_step: isFirst)
        makeUnique(with: &slots)
        backend.update(.sgd(rule, self, gradient: gradient, momentum: momentum == 0 ? nil : slots[0]))
        if Observation.isOn { Observation.report("SGD", [gradient], [:], [self], isInPlace: true) }
        return true
    }

    /// - Parameters:
    ///   - step: counts from 1.
    ///   - slots: the first and the second moment, and the largest second moment if `amsgrad`.
    package mutating func updateAdam(
        gradient: Tensor, slots: inout [Tensor], learningRate: Double, beta1: Double, beta2: Double, epsilon: Double,
        weightDecay: Double, decoupledDecay: Bool, amsgrad: Bool, step: Int
    ) -> Bool {
        if !isUpdatable(gradient, slots, count: amsgrad ? 3 : 2) { return false }
        let rule = AdamRule(
            learning_rate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon, weight_decay: weightDecay,
            decoupled_decay: decoupledDecay, step: Double(step))
        makeUnique(with: &slots)
        backend.update(
            .adam(
                rule, self, gradient: gradient, moments: (slots[0], slots[1]), largestMoment: amsgrad ? slots[2] : nil))
        if Observation.isOn { Observation.report("Adam", [gradient], [:], [self], isInPlace: true) }
        return true
    }

    /// - Parameter slots: the sum of the squares.
    package mutating func updateAdagrad(
        gradient: Tensor, slots: inout [Tensor], learningRate: Double, epsilon: Double, weightDecay: Double
    ) -> Bool {
        if !isUpdatable(gradient, slots, count: 1) { return false }
        let rule = AdagradRule(learning_rate: learningRate, weight_decay: weightDecay, epsilon: epsilon)
        makeUnique(with: &slots)
        backend.update(.adagrad(rule, self, gradient: gradient, sum: slots[0]))
        if Observation.isOn { Observation.report("Adagrad", [gradient], [:], [self], isInPlace: true) }
        return true
    }

    /// An update in tensor operations that treats each element by itself, in pieces: each goes through all operations
    /// while it is in a core's cache, so that memory is passed over once. Slots of another shape than the parameter's are
    /// the same for all pieces.
    ///
    /// - Parameters:
    ///   - gradient: contiguous, of the parameter's shape.
    ///   - update: may be called on several threads; it sees tensors of one axis if there is more than one piece.
    package mutating func updateInPieces(
        gradient: Tensor, slots: inout [Tensor],
        _ update: (_ parameter: inout Tensor, _ gradient: Tensor, _ slots: inout [Tensor]) -> Void
    ) {
        makeUnique(with: &slots)
        var tensors = [self] + slots
        backend.updateInPieces(&tensors, gradient: gradient) { tensors, gradient in
            var (parameter, slots) = (tensors[0], Array(tensors.dropFirst()))
            update(&parameter, gradient, &slots)
            tensors = [parameter] + slots
        }
        self = tensors[0]
        slots = Array(tensors.dropFirst())
        if Observation.isOn { Observation.report("update", [gradient], [:], [self], isInPlace: true) }
    }

    /// Whether the kernels take these tensors as they are; at least `count` slots.
    private func isUpdatable(_ gradient: Tensor, _ slots: [Tensor], count: Int) -> Bool {
        let (dtype, shape) = (impl.dtype, impl.shape)
        return (dtype == .float32 || dtype == .float64) && gradient.impl.dtype == dtype && gradient.impl.shape == shape
            && gradient.impl.isContiguous && slots.count >= count
            && slots.allSatisfy { $0.impl.dtype == dtype && $0.impl.shape == shape }
    }

    /// Makes this tensor and the slots fit to be written in place.
    private mutating func makeUnique(with slots: inout [Tensor]) {
        makeUnique()
        for index in slots.indices { slots[index].makeUnique() }
    }
}
