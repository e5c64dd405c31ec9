import TernCore

/// The last steps `s` and how the gradient changed in each, `y`: what the approximation `H` of the inverse Hessian is made of.
///
/// `H g` is Liu and Nocedal's recursion, which goes from the last pair to the first and back. All that it asks of the vectors
/// are products of two of them (Byrd, Nocedal and Schnabel, "Representations of quasi-Newton matrices and their use in limited
/// memory methods", 1994). So the products are kept, and memory is passed over twice for each gradient: for its products, and
/// to add vectors up.
struct CurvatureHistory {
    /// A step, how the gradient changed in it, and the products of that change with the steps and changes up to here.
    private struct Pair {
        let step: Tensor
        let change: Tensor
        var ofSteps: [Double]
        var ofChanges: [Double]

        /// `s . y`: how much more the gradient rises along the step, times the square of its length.
        var curvature: Double { ofSteps.last! }
    }

    let size: Int
    private var pairs: [Pair] = []

    init(size: Int) { self.size = size }

    var count: Int { pairs.count }
    var steps: [Tensor] { pairs.map(\.step) }
    var changes: [Tensor] { pairs.map(\.change) }

    /// Remembers a pair that was remembered before.
    mutating func append(step: Tensor, change: Tensor) {
        let products = dotProducts(of: steps + [step] + changes + [change], change, change)
        append(step, change, products[1])
    }

    private mutating func append(_ step: Tensor, _ change: Tensor, _ products: [Double]) {
        let middle = products.count / 2
        pairs.append(
            Pair(step: step, change: change, ofSteps: Array(products[..<middle]), ofChanges: Array(products[middle...]))
        )
    }

    /// `-H g` at a gradient that the last step led to. That step is remembered first if `y . s > 1e-10`, in place of the
    /// first one if there are `size`.
    mutating func direction(at gradient: Tensor, after step: Tensor, change: Tensor) -> Tensor {
        let all = dotProducts(of: steps + [step] + changes + [change], gradient, change)
        append(step, change, all[1])
        var (ofSteps, ofChanges) = (Array(all[0].prefix(pairs.count)), Array(all[0].suffix(pairs.count)))
        if !(pairs.last!.curvature > 1e-10) {
            pairs.removeLast()
            ofSteps.removeLast()
            ofChanges.removeLast()
        } else if pairs.count > size {
            pairs.removeFirst()
            ofSteps.removeFirst()
            ofChanges.removeFirst()
            for index in pairs.indices {
                pairs[index].ofSteps.removeFirst()
                pairs[index].ofChanges.removeFirst()
            }
        }
        guard let last = pairs.last else { return -gradient }

        // q = -g; from the last pair to the first: a = (s . q) / (s . y), q -= a y.
        var a = [Double](repeating: 0, count: count)
        for i in pairs.indices.reversed() {
            var product = -ofSteps[i]
            for j in pairs.indices where j > i { product -= a[j] * pairs[j].ofSteps[i] }
            a[i] = product / pairs[i].curvature
        }
        // r = scale q; from the first to the last: b = a - (y . r) / (s . y), r += b s.
        let scale = last.curvature / last.ofChanges.last!
        var b = a
        for i in pairs.indices {
            var product = -ofChanges[i]
            for j in pairs.indices { product -= a[j] * pairs[max(i, j)].ofChanges[min(i, j)] }
            product *= scale
            for j in 0..<i { product += b[j] * pairs[i].ofSteps[j] }
            b[i] -= product / pairs[i].curvature
        }
        return linearCombination([gradient] + changes + steps, [-scale] + a.map { -scale * $0 } + b)
    }
}
