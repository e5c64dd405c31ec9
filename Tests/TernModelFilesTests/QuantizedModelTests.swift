import Foundation
import Tern
import TernTestSupport
import TernTesting
import Testing

@Suite("Model files and quantized layers")
struct QuantizedModelTests {
    @Test("a quantized model comes back as it was, and its file is a quarter as large")
    func roundTrip() throws {
        let model = Sequential {
            Conv2d(3, 16, kernelSize: 3, bias: false)
            BatchNorm2d(16)
            ReLU()
            MaxPool2d(2)
            Flatten()
            Linear(16 * 9, 64)
            ReLU()
            Linear(64, 5)
        }
        let x = Tensor.normal([6, 3, 8, 8])
        _ = model(x)
        model.eval()
        try withTemporaryFolder { folder in
            try saveModel(model, to: folder + "/float")
            try quantize(model, calibrating: [x])
            try saveModel(model, to: folder + "/bytes")
            let copy = try loadModel(folder + "/bytes")
            #expect(copy.description == model.description)
            #expect(withoutGradients { hasSameBits(copy(x), model(x)) })
            let sizes = try ["/float", "/bytes"].map { try Data(contentsOf: URL(filePath: folder + $0)).count }
            #expect(sizes[1] * 3 < sizes[0])
        }
    }
}
