import Foundation
import TernCore
import TernLosses
import Testing

/// One combination of all that cross-entropy can be asked for.
struct CrossEntropyCase: Sendable, CustomTestStringConvertible {
    enum Ignored: CaseIterable { case none, one, all }
    /// What stands in one of the rows: an ignored one if there is one.
    enum Special: CaseIterable { case nothing, minusInfinity, onlyMinusInfinity, nan }

    let weighted: Bool
    let smoothing: Double
    let ignored: Ignored
    let special: Special
    let reduction: Reduction
    let dtype: DType

    var testDescription: String {
        "\(weighted ? "weight, " : "")smoothing \(smoothing), ignores \(ignored), row of \(special), \(reduction), \(dtype)"
    }

    static let all = [false, true].flatMap { weighted in
        [0, 0.1].flatMap { smoothing in
            Ignored.allCases.flatMap { ignored in
                Special.allCases.flatMap { special in
                    Reduction.allCases.flatMap { reduction in
                        [DType.float32, .float64].map { dtype in
                            CrossEntropyCase(
                                weighted: weighted, smoothing: smoothing, ignored: ignored, special: special,
                                reduction: reduction, dtype: dtype)
                        }
                    }
                }
            }
        }
    }

    static let classes = 5
    static let ignoreIndex = -7
    static let weights = [0.5, 2, 1.25, 0.75, 3]

    var labels: [Int] {
        switch ignored {
        case .none: [2, 0, 4]
        case .one: [2, Self.ignoreIndex, 4]
        case .all: [Int](repeating: Self.ignoreIndex, count: 3)
        }
    }

    /// The second row is the special one: its label, if it counts, is 0.
    var logits: [[Double]] {
        var rows: [[Double]] = [[0.5, -1, 2, 0.25, 1], [1.5, 0.25, -0.75, 3, -2], [-0.5, 4, 0, 1, 2.5]]
        switch special {
        case .nothing: break
        case .minusInfinity: rows[1][3] = -.infinity
        case .onlyMinusInfinity: rows[1] = [Double](repeating: -.infinity, count: Self.classes)
        case .nan: rows[1][3] = .nan
        }
        return rows
    }
}

@Suite("Cross-entropy in every combination")
struct CrossEntropyTests {
    /// Losses of the rows and their slopes, in float64 by the formula; those of ignored rows are 0.
    private func reference(_ item: CrossEntropyCase) -> (losses: [Double], slopes: [[Double]], total: Double) {
        let (s, classes) = (item.smoothing, Double(CrossEntropyCase.classes))
        let weights = item.weighted ? CrossEntropyCase.weights : [Double](repeating: 1, count: CrossEntropyCase.classes)
        var (losses, slopes, total) = ([Double](), [[Double]](), 0.0)
        for (row, label) in zip(item.logits, item.labels) {
            if label == CrossEntropyCase.ignoreIndex {
                losses.append(0)
                slopes.append(row.map { _ in 0 })
                continue
            }
            total += weights[label]
            let most = row.reduce(row[0]) { $1.isNaN ? $1 : max($0, $1) }
            let logSum = most + log(row.reduce(0) { $0 + exp($1 - most) })
            let targets = (0..<row.count).map { weights[$0] * ((($0 == label) ? 1 - s : 0) + s / classes) }
            let sum = targets.reduce(0, +)
            losses.append(zip(targets, row).reduce(0) { $0 + ($1.0 == 0 ? 0 : $1.0 * (logSum - $1.1)) })
            slopes.append(zip(targets, row).map { sum * exp($1 - logSum) - $0 })
        }
        return (losses, slopes, total)
    }

    private func expectClose(
        _ values: Tensor, _ expected: [Double], _ dtype: DType, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let tolerance = dtype == .float32 ? 2e-6 : 1e-14
        for (value, expected) in zip(values.array(of: Double.self), expected) {
            if expected.isNaN {
                #expect(value.isNaN, sourceLocation: sourceLocation)
            } else if expected.isInfinite {
                #expect(value == expected, sourceLocation: sourceLocation)
            } else {
                #expect(
                    abs(value - expected) <= tolerance * max(1, abs(expected)), "\(value), \(expected)",
                    sourceLocation: sourceLocation)
            }
        }
    }

    private func check(_ item: CrossEntropyCase, _ loss: (Tensor) -> Tensor) {
        let (losses, slopes, total) = reference(item)
        let divisor = item.reduction == .mean ? total : 1
        let x = Tensor(item.logits).converted(to: item.dtype)
        let (value, gradient) = valueAndGradient(at: x) { loss($0).sum() }
        expectClose(value, [losses.reduce(0, +) / divisor], item.dtype)
        if item.reduction == .none { expectClose(loss(x), losses, item.dtype) }
        let isCounted = item.labels.map { $0 != CrossEntropyCase.ignoreIndex }
        for row in 0..<3 {
            // Ignored rows have no slope, whatever they hold and whatever the mean of nothing is.
            expectClose(gradient[row], isCounted[row] ? slopes[row].map { $0 / divisor } : slopes[row], item.dtype)
        }
        let second = valueAndGradient(at: x) { x in
            (valueAndGradient(at: x) { loss($0).sum() }.gradient * Tensor([1, 2, 3, 4, 5], dtype: item.dtype)).sum()
        }.gradient
        for row in 0..<3 where !isCounted[row] { #expect(second[row] == Tensor.zeros(like: second[row])) }
    }

    @Test("agrees with the formula in float64", arguments: CrossEntropyCase.all)
    func crossEntropy(_ item: CrossEntropyCase) {
        let labels = Tensor(item.labels)
        let weight = item.weighted ? Tensor(CrossEntropyCase.weights, dtype: item.dtype) : nil
        check(item) {
            TernLosses.crossEntropy(
                $0, labels, weight: weight, ignoreIndex: CrossEntropyCase.ignoreIndex, labelSmoothing: item.smoothing,
                reduction: item.reduction)
        }
    }

    @Test("agrees with the negative log-likelihood", arguments: CrossEntropyCase.all.filter { $0.smoothing == 0 })
    func logLikelihood(_ item: CrossEntropyCase) {
        let labels = Tensor(item.labels)
        let weight = item.weighted ? Tensor(CrossEntropyCase.weights, dtype: item.dtype) : nil
        // The softmax of an ignored row is not defined, and its derivative is the user's.
        if item.ignored != .none && item.special != .nothing { return }
        check(item) {
            nllLoss(
                logSoftmax($0), labels, weight: weight, ignoreIndex: CrossEntropyCase.ignoreIndex,
                reduction: item.reduction)
        }
    }
}
