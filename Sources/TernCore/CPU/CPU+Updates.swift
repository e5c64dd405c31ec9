import CTernKernels

extension CPU {
    func updateSGD(_ rule: SGDRule, _ parameter: Tensor, gradient: Tensor, momentum: Tensor?) {
        update(rule, parameter) { kernels, rule, n, bytes in
            kernels.sgd(
                rule, n, gradient.impl.pointer + bytes, parameter.impl.pointer + bytes,
                momentum.map { $0.impl.pointer + bytes })
        }
    }

    func updateAdam(
        _ rule: AdamRule, _ parameter: Tensor, gradient: Tensor, moments: (Tensor, Tensor), largestMoment: Tensor?
    ) {
        update(rule, parameter) { kernels, rule, n, bytes in
            kernels.adam(
                rule, n, gradient.impl.pointer + bytes, parameter.impl.pointer + bytes,
                moments.0.impl.pointer + bytes, moments.1.impl.pointer + bytes,
                largestMoment.map { $0.impl.pointer + bytes })
        }
    }

    func updateAdagrad(_ rule: AdagradRule, _ parameter: Tensor, gradient: Tensor, sum: Tensor) {
        update(rule, parameter) { kernels, rule, n, bytes in
            kernels.adagrad(
                rule, n, gradient.impl.pointer + bytes, parameter.impl.pointer + bytes, sum.impl.pointer + bytes)
        }
    }

    /// Calls `body` for the pieces of an update, with how many elements a piece has and where its bytes begin.
    @inline(__always)
    private func update<Rule>(
        _ rule: Rule, _ parameter: Tensor,
        _ body: (_ kernels: TernOptimizerKernels, _ rule: UnsafePointer<Rule>, _ n: Int, _ bytes: Int) -> Void
    ) {
        let (kernels, size) = (Kernels.of(parameter.dtype).optimizer, parameter.dtype.byteCount)
        withUnsafePointer(to: rule) { rule in
            elementwiseLoop(parameter.count, nanosecondsPerElement: Cost.update) { start, n in
                body(kernels, rule, n, start * size)
            }
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
