import Foundation
import Tern
import Testing

/// A convolution with batch normalization, and a linear layer.
private final class SmallNet: Module {
    let conv = Conv2d(1, 2, kernelSize: 3, padding: 1)
    let norm = BatchNorm2d(2)
    let head = Linear(2 * 16, 3)

    func forward(_ x: Tensor) -> Tensor { head(relu(norm(conv(x))).flattened(from: 1)) }
}

@Suite("Profiles of models", .serialized)
struct ProfileTests {
    /// A step of training.
    private static func step() -> Profile {
        seed(1)
        let model = SmallNet()
        let optimizer = Adam(model.parameters)
        let (x, y) = (Tensor.uniform([4, 1, 4, 4]), Tensor([0, 1, 2, 0]).converted(to: .int64))
        return Profile {
            crossEntropy(model(x), y).backward()
            optimizer.step()
        }
    }

    @Test("operations have the path of their module, derivatives that of their operation")
    func paths() throws {
        let events = Self.step().events
        func paths(_ kind: Profile.Event.Kind, _ name: String) -> [String] {
            events.filter { $0.kind == kind && $0.name == name && !$0.isPart }.map(\.modulePath)
        }
        #expect(paths(.operation, "conv2d") == ["SmallNet.conv"])
        #expect(paths(.operation, "linear") == ["SmallNet.head"])
        #expect(paths(.operation, "relu") == ["SmallNet"])
        for name in ["conv2d", "linear", "relu", "batchNorm"] {
            #expect(paths(.derivative, name) == paths(.operation, name))
        }
        let modules = events.filter { $0.kind == .module }.map(\.name)
        #expect(modules.prefix(4) == ["SmallNet", "SmallNet.conv", "SmallNet.norm", "SmallNet.head"])
    }

    @Test("the update of each parameter is there, by its path")
    func updates() {
        let updates = Self.step().events.filter { $0.kind == .module }.map(\.name).suffix(6)
        #expect(
            Array(updates)
                == ["conv.weight", "conv.bias", "norm.weight", "norm.bias", "head.weight", "head.bias"])
    }

    @Test("a trace is JSON whose events lie within each other")
    func trace() throws {
        let profile = Self.step()
        let object = try JSONSerialization.jsonObject(with: Data(profile.trace.utf8))
        let events = try #require((object as? [String: Any])?["traceEvents"] as? [[String: Any]])
        let spans = events.filter { $0["ph"] as? String == "X" }
        #expect(spans.count == profile.events.count)
        // Each begins within all that are open.
        var open: [Double] = []
        for (span, event) in zip(spans, profile.events) {
            let (start, duration) = (try #require(span["ts"] as? Double), try #require(span["dur"] as? Double))
            #expect(
                abs(start - Double(event.start) / 1000) < 1e-6 && abs(duration - Double(event.duration) / 1000) < 1e-6)
            while let end = open.last, end <= start { open.removeLast() }
            if let end = open.last { #expect(start + duration <= end + 1e-6) }
            open.append(start + duration)
        }
        let conv = try #require(spans.first { $0["name"] as? String == "conv2d" })
        let arguments = try #require(conv["args"] as? [String: Any])
        #expect(arguments["inputs"] as? String == "[4, 1, 4, 4] [2, 1, 3, 3] [2]")
        #expect(arguments["flops"] as? Int == 2 * 4 * 2 * 16 * 9)
        #expect(events.contains { $0["ph"] as? String == "C" })
    }

    @Test("names with quotes, backslashes and control characters are written to a trace as they are")
    func escapedTrace() throws {
        struct Odd: CustomFunction {
            let name = "a\"b\\c\nd\u{1}é"
            func forward(_ inputs: [Tensor], _ context: FunctionContext) -> [Tensor] { [inputs[0] * 2] }
            func backward(_ gradients: [Tensor], _ context: FunctionContext) -> [Tensor?] { gradients }
        }
        let trace = Profile { _ = Odd()(Tensor.ones([2])) }.trace
        let object = try JSONSerialization.jsonObject(with: Data(trace.utf8)) as? [String: Any]
        let events = try #require(object?["traceEvents"] as? [[String: Any]])
        #expect(events.contains { $0["name"] as? String == Odd().name })
    }

    @Test("writes a trace to a file, and says why it cannot")
    func traceFile() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("tern-\(UUID()).json").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let profile = Profile { _ = Tensor.ones([2]) + 1 }
        try profile.writeTrace(to: path)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == profile.trace)
        #expect(throws: FormatError.self) { try profile.writeTrace(to: "/nowhere/at/all.json") }
    }
}

/// Products and convolutions counted by hand.
@Suite("Floating-point operations", .serialized)
struct FloatingPointOperationTests {
    private static func mlp() -> Sequential {
        Sequential {
            Flatten()
            Linear(784, 512)
            ReLU()
            Linear(512, 256)
            ReLU()
            Linear(256, 10)
        }
    }

    /// Grouped, strided, dilated and padded convolutions.
    private static func cnn() -> Sequential {
        Sequential {
            Conv2d(3, 8, kernelSize: 3, padding: 1)
            ReLU()
            Conv2d(8, 8, kernelSize: 3, stride: 2, padding: 1, groups: 4)
            BatchNorm2d(8)
            Conv2d(8, 4, kernelSize: 3, dilation: 2, bias: false)
            Flatten()
            Linear(4 * 4 * 4, 5)
        }
    }

    // 2 x elements of the output x multiplications for each.
    private static let lenetLayers = [
        2 * (6 * 28 * 28) * 25, 2 * (16 * 10 * 10) * 150, 2 * 120 * 400, 2 * 84 * 120, 2 * 10 * 84,
    ]
    private static let mlpLayers = [2 * 512 * 784, 2 * 256 * 512, 2 * 10 * 256]
    private static let cnnLayers = [
        2 * (8 * 16 * 16) * (3 * 9), 2 * (8 * 8 * 8) * (2 * 9), 2 * (4 * 4 * 4) * (8 * 9), 2 * 5 * 64,
    ]

    @Test("of LeNet, an MLP and a CNN in their summaries are those counted by hand, for each image")
    func summaries() {
        let models: [(Sequential, Shape, [Int])] = [
            (chainedLeNet(), [3, 1, 28, 28], Self.lenetLayers), (Self.mlp(), [3, 1, 28, 28], Self.mlpLayers),
            (Self.cnn(), [3, 3, 16, 16], Self.cnnLayers),
        ]
        for (model, shape, layers) in models {
            let figures = summary(of: model, inputShape: shape)
            #expect(figures.rows.map(\.flops).filter { $0 > 0 } == layers.map { 3 * $0 })
            #expect(figures.flops == 3 * layers.reduce(0, +))
        }
    }

    @Test("of a step of training: twice those of the forward pass more, but for the gradient of the input")
    func steps() {
        let models: [(Sequential, Shape, [Int])] = [
            (chainedLeNet(), [2, 1, 28, 28], Self.lenetLayers), (Self.mlp(), [2, 1, 28, 28], Self.mlpLayers),
            (Self.cnn(), [2, 3, 16, 16], Self.cnnLayers),
        ]
        for (model, shape, layers) in models {
            let profile = Profile { model(Tensor.uniform(shape)).sum().backward() }
            #expect(profile.flops == 2 * (3 * layers.reduce(0, +) - layers[0]))
        }
    }

    @Test("of a summary's layers that hold others are their own alone, and the total counts those outside of all rows")
    func nested() {
        final class Outer: Module {
            let inner = Linear(4, 3, bias: false)
            let weight = Parameter(Tensor.ones([3, 2]))
            func forward(_ x: Tensor) -> Tensor { matmul(inner(x), weight.value) }
        }
        final class Around: Module {
            let outer = Outer()
            func forward(_ x: Tensor) -> Tensor { matmul(outer(x), Tensor.ones([2, 7])) }
        }
        let figures = summary(of: Around(), inputShape: [5, 4])
        #expect(figures.rows.map(\.name) == ["Linear-1", "Outer-1"])
        #expect(figures.rows.map(\.flops) == [2 * 5 * 4 * 3, 2 * 5 * 3 * 2])
        #expect(figures.flops == 2 * 5 * (12 + 6 + 14))
    }
}
