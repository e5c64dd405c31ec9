import Foundation
import Testing

@testable import TernCore

/// A wrong use on the line that `line` tells.
private struct WrongLine: Sendable {
    let line: Int
    let body: @Sendable () -> Void

    init(line: Int = #line, _ body: @escaping @Sendable () -> Void) { (self.line, self.body) = (line, body) }
}

extension Tensor {
    fileprivate func added(to shape: Shape) -> Tensor { self + Tensor.ones(shape) }
}

@Suite("What stops a program")
struct StoppingTests {
    private static let lines: [WrongLine] = [
        .init { _ = matmul(Tensor.ones([2, 3]), Tensor.ones([2, 3])) },
        .init { _ = Tensor([1, 2]) + Tensor([1, 2, 3]) },
        .init { _ = Tensor([1, 2])[5] },
        .init { _ = [5].map { Tensor([1, 2])[$0] } },
        .init { _ = Tensor.ones([2]).shape[1] },
        .init(line: 15) { _ = Tensor([1, 2]).added(to: [3]) },
        .init { _ = withoutGradients { Tensor([1, 2]).reshaped([3]) } },
        .init { _ = valueAndGradient(at: Tensor([1, 2])) { $0.reshaped([3]) } },
        .init { mistake("plugIn", "expects something else") },
    ]

    @Test("names the line of the caller, after what was printed before", arguments: lines.indices)
    func place(_ index: Int) async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardOutputContent, \.standardErrorContent]
        ) { [index] in
            // Swift Testing turns backtraces off, as nobody looks at them.
            setenv("SWIFT_BACKTRACE", "", 1)
            print("printed before")
            StoppingTests.lines[index].body()
        }
        let place = "TernCoreTests/StoppingTests.swift:\(StoppingTests.lines[index].line): Fatal error: "
        let error = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(error.hasPrefix(place), "got: \(error.prefix(400))")
        let output = String(decoding: result?.standardOutputContent ?? [], as: UTF8.self)
        #expect(output.contains("printed before\n"))
    }
}
