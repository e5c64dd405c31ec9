import Foundation
import TernTestSupport
import Testing

@Suite("The table of PyTorch's and Keras's names")
struct NamesTests {
    @Test(
        "names what Tern has, of torch.nn almost all, and what PyTorch and Keras have, as far as they are installed",
        .enabled(if: Python.has("csv"), "TERN_PYTHON names no Python"))
    func table() throws {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        _ = try Python.run(file: tests.appendingPathComponent("Names/names.py").path, [])
    }
}
