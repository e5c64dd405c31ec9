import Tern

extension OpTable {
    mutating func addSeveralInputs() {
        for suffix in ["", "-vector", "-rank-3", "-empty", "-no-bias"] {
            list("bilinear\(suffix)") { [bilinear($0[0], $0[1], $0[2], $0.count > 3 ? $0[3] : nil)] }
        }
        one("unflattened") { $0.unflattened(axis: 1, sizes: [2, -1]) }
        one("unflattened-last") { $0.unflattened(axis: -1, sizes: [3, 1]) }
    }
}
