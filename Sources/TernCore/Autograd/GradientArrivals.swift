extension Variable {
    /// Called each time that a backward walk has added to the gradient, on the thread of the walk. It may take the gradient.
    package var gradientArrived: (() -> Void)? {
        get { leaf.arrived }
        set { leaf.arrived = newValue }
    }
}

extension Tensor {
    /// How many gradients a backward walk from here brings to each of these variables: the gradient of one is complete when so
    /// many have arrived. A derivative that has none to give, though one was wanted, brings fewer.
    package func gradientArrivals(at variables: [Variable]) -> [Int] {
        var counts: [ObjectIdentifier: Int] = [:]
        if let root = impl.node {
            var seen: Set<ObjectIdentifier> = [ObjectIdentifier(root)]
            var stack = [root]
            while let node = stack.popLast() {
                for case let input? in node.inputs {
                    if input.depth == 0 {
                        counts[ObjectIdentifier(input), default: 0] += 1
                    } else if seen.insert(ObjectIdentifier(input)).inserted {
                        stack.append(input)
                    }
                }
            }
        }
        return variables.map { counts[ObjectIdentifier($0.leaf)] ?? 0 }
    }
}
