import Testing

@testable import TernCore

@Suite("Profile", .serialized)
struct ProfileTests {
    /// Two layers' products with a derivative, times set by hand.
    private static let made: Profile = {
        func event(
            _ kind: Profile.Event.Kind, _ name: String, _ path: String, _ shapes: [Shape], _ start: Int,
            _ duration: Int,
            flops: Int = 0, bytes: Int = 0, isBackward: Bool = false, isPart: Bool = false
        ) -> Profile.Event {
            Profile.Event(
                kind: kind, name: name, modulePath: path, inputShapes: shapes, start: start, duration: duration,
                flops: flops, bytes: bytes, isBackward: isBackward, isPart: isPart)
        }
        return Profile(
            events: [
                event(.module, "Net.fc1", "Net.fc1", [], 0, 1_100_000),
                event(.operation, "linear", "Net.fc1", [[2, 3], [4, 3]], 100_000, 900_000, flops: 48, bytes: 104),
                event(.operation, "linear", "Net.fc2", [[2, 4], [2, 4]], 1_200_000, 300_000, flops: 32, bytes: 80),
                event(.operation, "sum", "", [[2, 2]], 1_600_000, 250_000, bytes: 20),
                event(.backward, "backward", "", [], 2_000_000, 1_500_000, isBackward: true),
                event(
                    .derivative, "linear", "Net.fc1", [[2, 3], [4, 3]], 2_100_000, 1_000_000, flops: 2_000_000,
                    bytes: 1_048_576, isBackward: true),
                event(
                    .operation, "matmul", "", [[4, 2], [2, 3]], 2_200_000, 700_000, flops: 2_000_000,
                    isBackward: true, isPart: true),
                event(.operation, "+=", "", [[2, 2]], 3_200_000, 50_000, isBackward: true),
            ],
            duration: 4_000_000,
            peak: Profile.Peak(
                bytes: 3_145_728, earlierBytes: 1_048_576,
                holders: [
                    .init(name: "linear", modulePath: "Net.fc1", bytes: 1_572_864, count: 2),
                    .init(name: "derivative of linear", modulePath: "Net.fc1", bytes: 524_288, count: 1),
                ]))
    }()

    @Test("the printed form is a table of operations, totals, and what held the memory")
    func description() {
        #expect(
            Self.made.description == """
                --------------------------------------------------------------------------------------------
                Operation      Count   Forward ms   Backward ms   Total ms   Share   MFLOP   GFLOP/s      MB
                ============================================================================================
                linear             2        1.200         1.000      2.200   55.0%   2.000       0.9   1.000
                sum                1        0.250         0.000      0.250    6.2%       -         -   0.000
                +=                 1        0.000         0.050      0.050    1.2%       -         -   0.000
                ============================================================================================
                Total: 4.000 ms, in operations 2.500 ms, outside of them 1.500 ms (37.5%)
                Products and convolutions: 2.000 MFLOP, 0.5 GFLOP/s of the whole time
                Peak memory: 3.000 MB
                  1.000 MB from before
                  1.500 MB linear in Net.fc1 (2 tensors)
                  0.500 MB derivative of linear in Net.fc1 (1 tensor)
                """)
    }

    @Test("rows can be operations on certain shapes, or modules")
    func groupings() {
        let shapes = Self.made.rows(by: .shapes)
        #expect(shapes.map(\.name) == ["linear", "linear", "sum", "+="])
        #expect(shapes.map { $0.inputShapes[0] } == [[2, 3], [2, 4], [2, 2], [2, 2]])
        #expect(shapes[0].forwardDuration == 900_000 && shapes[0].backwardDuration == 1_000_000)
        let modules = Self.made.rows(by: .module)
        #expect(modules.map(\.modulePath) == ["Net.fc1", "Net.fc2", ""])
        #expect(modules.map(\.duration) == [1_900_000, 300_000, 300_000])
        #expect(modules.map(\.count) == [1, 1, 2])
        #expect(Self.made.table(by: .shapes).contains("linear      [2, 3] [4, 3]"))
        #expect(Self.made.table(by: .module).contains("\n(none)"))
    }

    @Test("operations that compute a derivative are its time, not operations of the forward pass")
    func derivatives() throws {
        let (a, b) = (Variable(Tensor.ones([2, 3])), Variable(Tensor.ones([3, 4])))
        let profile = Profile { matmul(a.value, b.value).sum().backward() }
        let row = try #require(profile.rows().first { $0.name == "matmul" })
        #expect(row.count == 1 && row.flops == 3 * 2 * 2 * 3 * 4)
        let derivative = try #require(profile.events.first { $0.kind == .derivative && $0.name == "matmul" })
        #expect(derivative.inputShapes == [[2, 3], [3, 4]] && derivative.outputShapes == [[2, 3], [3, 4]])
        let parts = profile.events.filter { $0.isPart && $0.name == "matmul" }
        #expect(parts.count == 2 && derivative.flops == parts.reduce(0) { $0 + $1.flops })
        for part in parts { #expect(part.start >= derivative.start && part.end <= derivative.end) }
        #expect(row.backwardDuration == derivative.duration)
        let walk = try #require(profile.events.first { $0.kind == .backward })
        #expect(walk.start <= derivative.start && walk.end >= derivative.end)
        #expect(profile.flops == row.flops)
    }

    @Test("time is that of operations and what lies outside of them; a view takes none")
    func time() throws {
        let x = Tensor.ones([300, 300])
        let profile = Profile { _ = matmul(x, x.T) }
        let product = try #require(profile.events.first { $0.name == "matmul" })
        let view = try #require(profile.events.first { $0.name == "permuted" })
        #expect(product.duration > 0 && product.bytes == 3 * 360_000)
        #expect(view.duration == 0 && view.bytes == 0)
        #expect(profile.operationDuration == product.duration && profile.outsideDuration > 0)
        #expect(profile.duration == profile.operationDuration + profile.outsideDuration)
    }

    @Test("sums of gradients are operations of the walk back, in place or not")
    func gradientSums() {
        let x = Variable(Tensor.ones([3]))
        let profile = Profile {
            let y = x.value * 2.0
            (y + y * y).sum().backward()
        }
        let sums = profile.events.filter { $0.isBackward && !$0.isPart && $0.kind == .operation }
        #expect(!sums.isEmpty && sums.allSatisfy { $0.name == "+=" || $0.name == "+" })
    }

    @Test("the peak tells which operations made what was held, and what was there before")
    func peak() throws {
        let before = Tensor.ones([1000])
        let profile = Profile {
            let big = before + before
            let bigger = concatenated([big, big, big], axis: 0)
            withExtendedLifetime((big, bigger)) {}
            var short = big * big
            short = short.sum()
        }
        let holders = profile.peak.holders.filter { $0.bytes >= 1000 }
        #expect(holders.map(\.name).contains("concatenated") && holders.map(\.name).contains("+"))
        #expect(try #require(holders.first { $0.name == "concatenated" }).bytes == 12_000)
        #expect(profile.peak.earlierBytes >= 4000)
        #expect(profile.peak.bytes == profile.peak.earlierBytes + profile.peak.holders.reduce(0) { $0 + $1.bytes })
    }

    @Test("memory that was freed at the peak's moment is not counted, and of a derivative it bears its name")
    func peakOfDerivative() throws {
        let x = Variable(Tensor.ones([100, 100]))
        let profile = Profile { square(x.value).sum().backward() }
        #expect(profile.peak.holders.contains { $0.name.hasPrefix("derivative of ") && $0.bytes >= 40_000 })
    }

    @Test("names and paths of modules are those of messages; a module that is entered again keeps its name")
    func paths() {
        final class Element: PathElement {
            let pathName: String
            var members: [(String, Element)] = []
            init(_ name: String) { pathName = name }
            func pathName(of member: any PathElement) -> String? { members.first { $0.1 === member }?.0 }
        }
        let (net, layer, stranger) = (Element("Net"), Element("Layer"), Element("Stranger"))
        net.members = [("fc", layer)]
        let x = Tensor.ones([2])
        let profile = Profile {
            withPathElement(net) {
                for _ in 0..<2 { withPathElement(layer) { _ = x + x } }
                withPathElement(stranger) { _ = x * x }
                _ = x - x
            }
            _ = x / x
        }
        let operations = profile.events.filter { $0.kind == .operation }
        #expect(operations.map(\.modulePath) == ["Net.fc", "Net.fc", "Net.Stranger", "Net", ""])
        #expect(
            profile.events.filter { $0.kind == .module }.map(\.name) == ["Net", "Net.fc", "Net.fc", "Net.Stranger"])
        // Begun inside of a module.
        withPathElement(net) {
            let inner = Profile { withPathElement(layer) { _ = x + x } }
            #expect(inner.events.last?.modulePath == "Net.fc")
        }
    }

    @Test("observers lie within each other; each sees all while it is there")
    func nested() {
        let x = Tensor.ones([2])
        var inner: Profile?
        let outer = Profile {
            _ = x + x
            inner = Profile { _ = x * x }
            withAnomalyDetection { _ = x - x }
        }
        func names(_ profile: Profile?) -> [String] { profile!.events.map(\.name) }
        #expect(names(outer) == ["+", "*", "-"] && names(inner) == ["*"])
    }

    @Test("each of two threads that are profiled at once sees its own operations")
    func threads() {
        let names = (0..<2).map { thread in
            startedThread {
                let x = Tensor.ones([2])
                for _ in 0..<200 {
                    let profile = Profile { _ = thread == 0 ? x + x : x * x }
                    #expect(profile.events.map(\.name) == [thread == 0 ? "+" : "*"])
                }
            }
        }
        for thread in names { thread.wait() }
    }

    @Test("an operation's attributes and inputs are not even made while nobody looks")
    func absent() async {
        await #expect(processExitsWith: .success) {
            var evaluations = 0
            func attributes() -> OperationAttributes {
                evaluations += 1
                return ["number": 1]
            }
            func inputs() -> [Tensor] {
                evaluations += 1
                return []
            }
            func operations() {
                let x = Variable(Tensor.ones([2]))
                _ = Tensor.ones([2]).output(of: "made", from: inputs(), attributes: attributes())
                let y = Tensor.ones([2]).output(of: "recorded", from: x.value, attributes: attributes()) {
                    gradient, _ in
                    InputGradients(gradient)
                }
                #expect(y.requiresGradient)
            }
            operations()
            #expect(evaluations == 0)
            _ = Profile(operations)
            #expect(evaluations == 3)
            operations()
            #expect(evaluations == 3)
        }
    }

    @Test("an error leaves the thread as it was")
    func error() {
        struct Failure: Error {}
        #expect(throws: Failure.self) { _ = try Profile { throw Failure() } }
        #expect(ThreadState.current.observers.isEmpty && ThreadState.current.modulePaths == nil)
    }
}
