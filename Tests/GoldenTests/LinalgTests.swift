import Tern
import TernTesting
import Testing

/// Apart from the other operations because half types stop.
@Suite("Linear algebra against PyTorch")
struct LinalgTests {
    static let goldens = Goldens("linalg")
    static let table = {
        var table = OpTable()
        table.addLinalg()
        return table.cases
    }()

    @Test(
        "a function gives PyTorch's results and gradients, in both types and every layout", arguments: table.map(\.name)
    )
    func agrees(name: String) {
        let cases = Self.table.filter { $0.name == name }
        #expect(cases.count == 1, "\(name) stands in the table \(cases.count) times")
        for dtype in cases[0].dtypes(Self.goldens) {
            for layout in TensorLayout.allCases {
                let failures = cases[0].failures(Self.goldens, dtype, layout)
                #expect(failures.isEmpty, "\(failures.joined(separator: "\n"))")
            }
        }
    }

    @Test("every golden case is tested, and every tested one exists")
    func complete() {
        #expect(Set(Self.goldens.cases.keys).symmetricDifference(Self.table.map(\.name)).sorted() == [])
    }
}
