import TernTestSupport
import Testing

@Suite("All operations have goldens")
struct CompletenessTests {
    /// What needs none, or is held against something better.
    private static let others: [String: Set<String>] = [
        "random: held against the distribution": [
            "binomial", "gamma", "gaussianDropout", "gaussianNoise", "logNormal", "multinomial", "normal",
            "permutation",
            "poisson", "randomChoice", "shuffled", "truncatedNormal",
        ],
        "factors are not unique: held against the product that they stand for": [
            "luFactor", "solveAndInfo", "inverseAndInfo",
        ],
        "gives one truth": ["allClose"],
        "keeps all values: part of the layouts that all cases are tried in": ["contiguous"],
        "is no operation": ["callAsFunction", "hash"],
        "is a part of every loss, or one by its name": ["kept", "reduced", "makeLoss"],
    ]

    @Test("each public function that computes is called where PyTorch's results are compared")
    func operations() throws {
        let tests = try Sources.texts(below: "Tests/GoldenTests").joined(separator: "\n")
        let called = Set(tests.matches(of: /\w+/).map { String($0.0) })
        let declared = try Sources.operations().filter { $0.first!.isLetter }
        #expect(declared.isSuperset(of: ["matmul", "sum", "padded", "crossEntropy"]), "the sources were not found")
        // The indices come with the values.
        let missing = declared.subtracting(called).filter { !called.contains($0 + "WithIndices") }
        #expect(missing.subtracting(Self.others.values.joined()).sorted() == [])
        #expect(Self.others.values.joined().filter { !declared.contains($0) }.sorted() == [])
    }
}
