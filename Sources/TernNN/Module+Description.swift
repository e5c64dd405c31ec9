extension Module {
    /// The tree of modules as PyTorch prints it.
    ///
    /// ```
    /// LeNet(
    ///   (conv1): Conv2d(1, 6, kernel_size=(5, 5), stride=(1, 1), padding=(2, 2))
    ///   (fc1): Linear(in_features=400, out_features=120, bias=True)
    /// )
    /// ```
    public var description: String { treeDescription([]) }

    /// - Parameter ancestors: the modules around this one; a reference back to one of them is not a child.
    fileprivate func treeDescription(_ ancestors: [any Module]) -> String {
        let settings = settingsDescription
        let path = ancestors + [self]
        let children = namedChildren.filter { child in !path.contains { $0 === child.module } }
        if children.isEmpty { return "\(typeName)(\(settings))" }
        var lines = ["\(typeName)("]
        if !settings.isEmpty { lines.append("  " + settings) }
        for (name, child) in children {
            let text = child.treeDescription(path).replacing("\n", with: "\n  ")
            lines.append("  (\(name.printable)): \(text)")
        }
        return lines.joined(separator: "\n") + "\n)"
    }
}
