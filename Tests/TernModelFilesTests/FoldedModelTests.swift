import Tern
import TernFormats
import TernTestSupport
import TernVision
import Testing

@Suite("Model files and folded batch normalizations")
struct FoldedModelTests {
    private static func model() -> Sequential {
        let model = Sequential(Conv2d(3, 4, kernelSize: 3, bias: false), BatchNorm2d(4), ReLU())
        _ = model(Tensor.normal([4, 3, 6, 6]))
        model.eval()
        return model
    }

    @Test("a folded model comes back as it was")
    func roundTrip() throws {
        let (model, x) = (Self.model(), Tensor.normal([2, 3, 6, 6]))
        fold(model, tracing: x)
        try withTemporaryFolder { folder in
            try saveModel(model, to: folder + "/x")
            let copy = try loadModel(folder + "/x")
            #expect(copy.description == model.description)
            #expect(withoutGradients { copy(x).array(of: Float.self) == model(x).array(of: Float.self) })
        }
    }

    @Test("a file from before there was folding is read")
    func formerVersion() throws {
        let (model, x) = (Self.model(), Tensor.normal([2, 3, 6, 6]))
        try withTemporaryFolder { folder in
            let path = folder + "/x"
            try saveModel(model, to: path)
            let file = try SafetensorsFile(contentsOf: path)
            let json = try #require(file.metadata["tern.model"])
            let former = json.replacing("\"folded\":false,", with: "")
                .replacing("BatchNorm2d\",\"version\":2", with: "BatchNorm2d\",\"version\":1")
            #expect(json.count - former.count == 15)
            try SafetensorsFile.write(file.tensors(), metadata: ["tern.model": former], to: path)
            let copy = try loadModel(path)
            #expect(withoutGradients { copy(x).array(of: Float.self) == model(x).array(of: Float.self) })
        }
    }

    @Test("a folded model of a kind that makes its layers anew is refused, with the places")
    func refused() {
        let model = resnet18(classes: 3, stem: .small)
        model.eval()
        let folding = fold(model, tracing: Tensor.normal([1, 3, 8, 8]))
        #expect(folding.folded.count == 20 && folding.left.isEmpty)
        #expect(throws: ModelFileError.self) { try ModelFile(model) }
    }
}
