import Tern
import TernTesting

/// The cases of files in Tests/Goldens: named groups of tensors, see `golden.py` there for what their names mean.
struct Goldens: Sendable {
    let cases: [String: [String: Tensor]]

    /// - Parameter names: of the files, without their extension. Their cases have different names.
    init(_ names: String...) {
        var cases: [String: [String: Tensor]] = [:]
        do {
            for name in names {
                let file = try GoldenFile(
                    "../Goldens/\(name).safetensors", madeBy: "python3 Tests/Goldens/make_goldens.py \(name)")
                cases.merge(file.groups) { _, _ in fatalError("\(name).safetensors has a case that another file has") }
            }
        } catch {
            fatalError("\(error)")
        }
        self.cases = cases
    }

    /// The tensors `prefix0`, `prefix1`, ... of a case.
    func list(_ name: String, _ prefix: String) -> [Tensor] {
        let group = cases[name] ?? [:]
        return (0..<group.count).prefix { group["\(prefix)\($0)"] != nil }.map { group["\(prefix)\($0)"]! }
    }
}

/// What is wrong with `actual`, or nil. NaN must stand where NaN is expected, and nowhere else. No case needs more than the
/// tolerance of its type: the worst in float32 uses half of it, in float64 a fiftieth.
///
/// - Parameter exact: values that may be met more closely instead.
func difference(
    _ actual: Tensor, _ expected: Tensor, _ tolerance: Tolerance, unlessNearerTo exact: Tensor? = nil
) -> String? {
    firstDifference(actual, expected, tolerance: tolerance, nanIsEqual: true, unlessNearerTo: exact)?.description
}
