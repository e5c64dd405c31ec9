import Tern
import TernTesting
import Testing

@Suite("Operations against PyTorch")
struct OpTests {
    static let goldens = Goldens(
        "activations", "attention", "contractions", "convolution", "dropouts", "elementwise", "embeddings", "functions",
        "images", "indexing", "keras_losses", "losses", "normalizing", "norms", "order", "products", "random",
        "reductions",
        "several_inputs", "shapes")
    static let table = {
        var table = OpTable()
        table.addUnary()
        table.addActivations()
        table.addMoreActivations()
        table.addFunctions()
        table.addFunctionsOfTwo()
        table.addBinary()
        table.addIntegers()
        table.addComparison()
        table.addSelection()
        table.addReductions()
        table.addOrder()
        table.addProducts()
        table.addContractions()
        table.addConvolutions()
        table.addConvolutionsOfAllRanks()
        table.addPools()
        table.addMaxPools()
        table.addAveragePools()
        table.addInterpolation()
        table.addGrids()
        table.addPatches()
        table.addShuffles()
        table.addSeveralInputs()
        table.addShapes()
        table.addSlices()
        table.addJoins()
        table.addGathers()
        table.addIndexing()
        table.addScatters()
        table.addMasks()
        table.addIndexGrids()
        table.addCreation()
        table.addRandom()
        table.addNormalizing()
        table.addNorms()
        table.addAttention()
        table.addEmbeddings()
        table.addDropouts()
        table.addLosses()
        table.addMarginLosses()
        table.addLikelihoodLosses()
        table.addSimilarityLosses()
        table.addLossExtremes()
        table.addSecondGradientsOfLosses()
        table.addKerasLosses()
        table.addScans()
        table.addOrderStatistics()
        table.addSearching()
        table.addStatistics()
        table.addMoreParts()
        return table.cases
    }()

    @Test(
        "an operation gives PyTorch's outputs and gradients, for every type and layout of its operands",
        arguments: table.map(\.name))
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

    @Test(
        "an operation on halves gives what it gives on the same floats, to the type's tolerance",
        arguments: table.map(\.name))
    func halves(name: String) {
        let operation = Self.table.first { $0.name == name }!
        guard operation.dtypes(Self.goldens).contains(.float64) else { return }
        guard Self.goldens.list(name, "in").contains(where: \.dtype.isFloatingPoint) else { return }
        for dtype in [DType.float16, .bfloat16] {
            for layout in TensorLayout.allCases {
                let failures = operation.failures(Self.goldens, half: dtype, layout)
                #expect(failures.isEmpty, "\(failures.joined(separator: "\n"))")
            }
        }
    }

    @Test("every golden case of an operation is tested, and every tested one exists")
    func complete() {
        #expect(Set(Self.goldens.cases.keys).symmetricDifference(Self.table.map(\.name)).sorted() == [])
    }
}
