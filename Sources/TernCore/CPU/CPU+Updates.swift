import CTernKernels

/// An update of a parameter by its gradient and its state, as kernels compute it: piece by piece.
enum KernelUpdate {
    case sgd(SGDRule, Tensor, gradient: Tensor, momentum: Tensor?)
    case adam(AdamRule, Tensor, gradient: Tensor, moments: (Tensor, Tensor), largestMoment: Tensor?)
    case adagrad(AdagradRule, Tensor, gradient: Tensor, sum: Tensor)

    var parameter: Tensor {
        switch self {
        case .sgd(_, let parameter, _, _), .adam(_, let parameter, _, _, _), .adagrad(_, let parameter, _, _): parameter
        }
    }

    /// Computes `n` elements from `start` on.
    @inline(__always)
    func compute(_ start: Int, _ n: Int) {
        let (kernels, bytes) = (Kernels.of(parameter.dtype).optimizer, start * parameter.dtype.byteCount)
        switch self {
        case .sgd(let rule, let parameter, let gradient, let momentum):
            withUnsafePointer(to: rule) {
                kernels.sgd(
                    $0, n, gradient.impl.pointer + bytes, parameter.impl.pointer + bytes,
                    momentum.map { $0.impl.pointer + bytes })
            }
        case .adam(let rule, let parameter, let gradient, let moments, let largestMoment):
            withUnsafePointer(to: rule) {
                kernels.adam(
                    $0, n, gradient.impl.pointer + bytes, parameter.impl.pointer + bytes,
                    moments.0.impl.pointer + bytes, moments.1.impl.pointer + bytes,
                    largestMoment.map { $0.impl.pointer + bytes })
            }
        case .adagrad(let rule, let parameter, let gradient, let sum):
            withUnsafePointer(to: rule) {
                kernels.adagrad(
                    $0, n, gradient.impl.pointer + bytes, parameter.impl.pointer + bytes, sum.impl.pointer + bytes)
            }
        }
    }
}

/// Updates by kernels that wait for one another, so that all threads share those of many parameters that are small each.
/// Until they have been computed nobody may read what they update.
package enum WaitingUpdates {
    /// Lets the updates of this thread wait; not where somebody observes each.
    ///
    /// - Returns: whether they do.
    package static func begin() -> Bool {
        if Observation.isOn { return false }
        ThreadState.current.updatesWait = true
        return true
    }

    /// Runs `body`, whose own updates are computed at once.
    package static func withoutWaiting(_ body: () -> Void) {
        let state = ThreadState.current
        let wait = state.updatesWait
        state.updatesWait = false
        body()
        state.updatesWait = wait
    }

    /// Computes those that wait in one job.
    package static func end() {
        let state = ThreadState.current
        state.updatesWait = false
        let updates = state.waitingUpdates
        if updates.isEmpty { return }
        // In pieces as each of them alone would have.
        var pieces: [(update: Int, start: Int)] = []
        var count = 0
        for (index, update) in updates.enumerated() {
            count += update.parameter.count
            for start in stride(from: 0, to: update.parameter.count, by: elementwisePiece) {
                pieces.append((index, start))
            }
        }
        parallelFor(pieces: pieces.count, work: Int(Double(count) * Cost.update)) { piece in
            let (index, start) = pieces[piece]
            updates[index].compute(start, min(elementwisePiece, updates[index].parameter.count - start))
        }
        state.waitingUpdates = []
    }
}

extension CPU {
    /// Updates of so many elements wait for others, if they may; smaller ones take less time than that costs.
    private static let leastWaiting = 1024

    @inline(__always)
    func update(_ update: KernelUpdate) {
        if update.parameter.count >= CPU.leastWaiting, ThreadState.current.updatesWait {
            ThreadState.current.waitingUpdates.append(update)
        } else {
            elementwiseLoop(update.parameter.count, nanosecondsPerElement: Cost.update) { update.compute($0, $1) }
        }
    }

    func updateInPieces(
        _ tensors: inout [Tensor], gradient: Tensor, _ update: (_ tensors: inout [Tensor], _ gradient: Tensor) -> Void
    ) {
        if gradient.count <= updatePiece { return update(&tensors, gradient) }
        let whole = tensors
        let isCut = whole.map { $0.shape == gradient.shape }
        elementwiseLoop(gradient.count, nanosecondsPerElement: Cost.updateInPieces, piece: updatePiece) { start, n in
            asOneOperation {
                let part = { (tensor: Tensor) in tensor.view(shape: [n], strides: [1], first: start) }
                let places = zip(whole, isCut).map { $1 ? part($0) : $0 }
                var pieces = places
                update(&pieces, part(gradient))
                for index in whole.indices {
                    if !isCut[index] {
                        if start == 0 { tensors[index] = pieces[index] }
                    } else if pieces[index].impl !== places[index].impl {
                        copy(pieces[index], into: places[index])
                    }
                }
            }
        }
    }
}
