extension Module {
    /// The tree of modules as PyTorch prints it.
    ///
    /// ```
    /// LeNet(
    ///   (conv1): Conv2d(1, 6, kernel_size=(5, 5), stride=(1, 1), padding=(2, 2))
    ///   (fc1): Linear(in_features=400, out_features=120, bias=True)
    /// )
    /// ```
    public var description: String {
        var text = ""
        var ancestors: Set<ObjectIdentifier> = []
        writeTree(to: &text, "\n", &ancestors)
        return text
    }

    /// - Parameters:
    ///   - newline: with the indentation of this module.
    ///   - ancestors: the modules around this one; a reference back to one of them is not a child.
    fileprivate func writeTree(to text: inout String, _ newline: String, _ ancestors: inout Set<ObjectIdentifier>) {
        let settings = settingsDescription.replacing("\n", with: newline)
        text += typeName + "("
        let isNew = ancestors.insert(ObjectIdentifier(self)).inserted
        defer { if isNew { ancestors.remove(ObjectIdentifier(self)) } }
        let children = namedChildren.filter { !ancestors.contains(ObjectIdentifier($0.module)) }
        if children.isEmpty {
            text += settings + ")"
            return
        }
        if !settings.isEmpty { text += newline + "  " + settings }
        for (name, child) in children {
            text += newline + "  (\(name.printable)): "
            child.writeTree(to: &text, newline + "  ", &ancestors)
        }
        text += newline + ")"
    }
}
