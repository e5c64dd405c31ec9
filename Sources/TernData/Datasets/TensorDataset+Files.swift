import TernCore
import TernFormats

extension TensorDataset where Element == (Tensor, Tensor) {
    /// Examples of a table: numbers to predict from, and a number to predict.
    ///
    /// ```swift
    /// let houses = try TensorDataset(CSVTable(contentsOf: "boston_housing.csv"), target: "medv")
    /// let (features, price) = houses.element(at: 0)          // float32 [13] and []
    /// ```
    ///
    /// - Parameters:
    ///   - table: with a row for each example.
    ///   - inputs: columns by name or index; by default all but the target.
    ///   - target: the column to predict, by name or index.
    ///   - dtype: the type of both tensors.
    ///   - missing: what becomes of fields that hold no value.
    /// - Throws: `FormatError` as ``/TernFormats/CSVTable/tensor(_:dtype:missing:)``.
    public init(
        _ table: CSVTable, inputs: [CSVColumn]? = nil, target: CSVColumn, dtype: DType = .float32,
        missing: CSVMissing = .error
    ) throws(FormatError) {
        self.init(
            try table.inputs(inputs, without: [target], dtype, missing),
            try table.column(target, dtype: dtype, missing: missing))
    }

    /// Examples with several numbers to predict: targets are `[N, number of columns]`.
    public init(
        _ table: CSVTable, inputs: [CSVColumn]? = nil, targets: [CSVColumn], dtype: DType = .float32,
        missing: CSVMissing = .error
    ) throws(FormatError) {
        self.init(
            try table.inputs(inputs, without: targets, dtype, missing),
            try table.tensor(targets, dtype: dtype, missing: missing))
    }

    /// Examples with a class to predict: labels are int64 `[N]`, the numbers of the different fields of a column,
    /// sorted, which become the ``classNames``.
    ///
    /// ```swift
    /// let iris = try TensorDataset(CSVTable(contentsOf: "iris.csv"), classes: "species")
    /// iris.classNames                                         // ["setosa", "versicolor", "virginica"]
    /// ```
    public init(
        _ table: CSVTable, inputs: [CSVColumn]? = nil, classes: CSVColumn, dtype: DType = .float32,
        missing: CSVMissing = .error
    ) throws(FormatError) {
        let (labels, names) = try table.categories(classes)
        self.init(try table.inputs(inputs, without: [classes], dtype, missing), labels, classNames: names)
    }

    /// Examples of two arrays of a NumPy file, with a common first axis.
    ///
    /// ```swift
    /// let file = try NPZFile(contentsOf: "mnist.npz")          // as Keras keeps it
    /// let train = try TensorDataset(file, inputs: "x_train", targets: "y_train")
    /// ```
    public init(
        _ file: NPZFile, inputs: String, targets: String, classNames: [String] = []
    ) throws(FormatError) {
        let (x, y) = (try file.tensor(named: inputs), try file.tensor(named: targets))
        try file.checkRows(x, inputs, nil)
        try file.checkRows(y, targets, x.shape[0])
        self.init(x, y, classNames: classNames)
    }
}

extension TensorDataset where Element == Tensor {
    /// Examples of one array of a NumPy file: row by row.
    public init(_ file: NPZFile, inputs: String) throws(FormatError) {
        let tensor = try file.tensor(named: inputs)
        try file.checkRows(tensor, inputs, nil)
        self.init(tensor)
    }
}

extension CSVTable {
    fileprivate func inputs(
        _ columns: [CSVColumn]?, without targets: [CSVColumn], _ dtype: DType, _ missing: CSVMissing
    ) throws(FormatError) -> Tensor {
        guard let columns else { return try tensor(except: targets, dtype: dtype, missing: missing) }
        return try tensor(columns, dtype: dtype, missing: missing)
    }
}

extension NPZFile {
    /// - Parameter count: how many rows there must be; nil for any number.
    fileprivate func checkRows(_ tensor: Tensor, _ name: String, _ count: Int?) throws(FormatError) {
        if let found = tensor.shape.first, found == count ?? found { return }
        throw FormatError(
            path, at: .key(name), expected: count.map { "\($0) rows, as many as inputs" } ?? "an array of rows",
            found: "the shape \(tensor.shape)")
    }
}
