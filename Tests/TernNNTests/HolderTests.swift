import TernCore
import TernNN
import TernTestSupport
import Testing

private func dense() -> Dense { Dense(1, 1, bias: false) }

private protocol Shaped {}
private struct Plain: Shaped { var width = 3 }
private struct Block {
    var name = "block"
    let fc = dense()
    var scale: Parameter? = Parameter(Tensor.ones([1]))
    let inner = (first: dense(), 2, dense())
}
private enum Choice {
    case conv(Dense)
    indirect case both(left: Dense, right: Dense)
    case none
}
private enum Head: Hashable { case digits, letters }
private final class Holder { let fc = dense() }
private final class Key: Hashable {
    static func == (a: Key, b: Key) -> Bool { a === b }
    func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}
extension Dense: Hashable {
    public static func == (a: Dense, b: Dense) -> Bool { a === b }
    public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}

/// A module whose only property is of type `Value`.
private final class Net<Value>: Module {
    var blk: Value
    init(_ blk: Value) { self.blk = blk }
    func forward(_ x: Tensor) -> Tensor { x }
}

/// What can hold members, and what can not.
@Suite("What holds members")
struct HolderTests {
    private static func names<Value>(_ value: Value) -> [String] { Net(value).namedParameters.map(\.name) }

    @Test("structs, tuples, enums, collections and what is nested in them give members a name")
    func names() {
        #expect(
            Self.names(Block()) == ["blk.scale", "blk.fc.weight", "blk.inner.first.weight", "blk.inner.2.weight"])
        #expect(Self.names((dense(), dense())) == ["blk.0.weight", "blk.1.weight"])
        #expect(Self.names(Choice.conv(dense())) == ["blk.conv.weight"])
        #expect(
            Self.names(Choice.both(left: dense(), right: dense())) == [
                "blk.both.left.weight", "blk.both.right.weight",
            ])
        #expect(Self.names(Choice.none) == [])
        #expect(Self.names(ContiguousArray([dense()])) == ["blk.0.weight"])
        #expect(Self.names([dense(), dense(), dense()][1...]) == ["blk.0.weight", "blk.1.weight"])
        #expect(
            Self.names([10: dense(), 9: dense(), -1: dense()]) == ["blk.-1.weight", "blk.9.weight", "blk.10.weight"])
        #expect(Self.names([Head.letters: dense(), .digits: dense()]) == ["blk.digits.weight", "blk.letters.weight"])
        #expect(
            Self.names([1, dense(), "x", [2, dense()], Parameter(Tensor.ones([1]))] as [Any]) == [
                "blk.4", "blk.1.weight", "blk.3.1.weight",
            ])
        #expect(Self.names([[Choice.none, .conv(dense())]]) == ["blk.0.1.conv.weight"])
        #expect(Self.names([(1, dense())]) == ["blk.0.1.weight"])
        #expect(Self.names(["a": Block()]).first == "blk.a.scale")
        #expect(Self.names([Plain(), dense()] as [Any]) == ["blk.1.weight"])
        #expect(Self.names(Optional(Optional(dense()))) == ["blk.weight"])
        #expect(Net(Block()).stateDictionary().count == 4 && Net(Block()).namedModules.count == 4)
        #expect(Net(Block()).namedModules[1].name == "blk.fc")
    }

    @Test("a type that held nothing once may hold something in another value")
    func otherValues() {
        struct Any1: Shaped { var value: Any }
        struct Shape1 { var value: any Sendable }
        #expect(Self.names(Any1(value: 1)) == [])
        #expect(Self.names(Any1(value: dense())) == ["blk.value.weight"])
        #expect(Self.names([Any1(value: ""), Any1(value: 3), Any1(value: dense())]) == ["blk.2.value.weight"])
        #expect(Self.names(Choice.none) == [] && Self.names(Choice.conv(dense())) == ["blk.conv.weight"])
        let net = Net(nil as Block?)
        #expect(net.parameters.isEmpty)
        net.blk = Block()
        #expect(net.parameters.count == 4)
    }

    @Test("a name that begins with _ is kept; the storage of a property wrapper has the property's")
    func underscores() {
        @propertyWrapper struct Wrapped<Value> { var wrappedValue: Value }
        final class EfficientNet: Module {
            let _fc = dense()
            var _block = Block()
            @Wrapped var wrapped = dense()
            @Wrapped var _own = dense()
            lazy var _late = dense()
            func forward(_ x: Tensor) -> Tensor { x }
        }
        let net = EfficientNet()
        _ = net._late
        #expect(
            net.namedModules.map(\.name) == [
                "", "_fc", "_block.fc", "_block.inner.first", "_block.inner.2", "wrapped", "_own", "_late",
            ])
    }

    @Test("what has no name stops the program where it would be lost", arguments: ["class", "array", "set", "keys"])
    func lost(_ kind: String) async {
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) { [kind] in
            switch kind {
            case "class": Net(Holder()).freeze()
            case "array": _ = Net([Holder()]).stateDictionary()
            case "set": _ = Net(Set([dense()])).parameters
            default: _ = Net([Key(): dense()]).parameters
            }
        }.expectMessage(
            "Net.blk\(kind == "array" ? ".0" : ""): holds a module where it cannot be found, so that it would neither be "
                + "trained nor saved: "
                + ([
                    "set": "the elements of Set<Dense> have no names",
                    "keys": "the elements of Dictionary<Key, Dense> have no names",
                ][kind] ?? "Holder is a class, but no Module")
                + ". Members can be in modules, structs, tuples, enums, arrays and dictionaries with names as keys")
    }

    @Test("an object may refer to what stands elsewhere in the model, to what is around it, and to other things")
    func references() {
        final class Trainer {
            var model: (any Module)?
            var parameters: [Parameter] = []
            let log = [String]()
        }
        final class Child: Module {
            let fc = dense()
            let trainer = Trainer()
            func forward(_ x: Tensor) -> Tensor { x }
        }
        final class Parent: Module {
            let child = Child()
            func forward(_ x: Tensor) -> Tensor { x }
        }
        let parent = Parent()
        #expect(parent.parameters.count == 1)
        parent.child.trainer.model = parent
        parent.child.trainer.parameters = parent.parameters
        #expect(parent.namedParameters.map(\.name) == ["child.fc.weight"])
        #expect(parent.child.namedParameters.map(\.name) == ["fc.weight"])
    }

    @Test("large collections of plain values are not walked")
    func large() {
        struct Point { var x = 1.0, y = 2.0 }
        let start = ContinuousClock.now
        let net = Net(([Float](repeating: 0, count: 20_000_000), [Point](repeating: Point(), count: 5_000_000)))
        let texts = Net(([String](repeating: "a", count: 1_000_000), Set(0..<100_000)))
        for _ in 0..<1000 { _ = (net.parameters, texts.parameters) }
        // Walking them once takes longer than this by far.
        #expect(ContinuousClock.now - start < .seconds(30))
    }
}
