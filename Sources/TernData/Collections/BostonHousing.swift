import TernCore
import TernFormats

/// The Boston housing data: 506 districts of about 1970 with 13 numbers each, and the median value of their houses.
///
/// ```swift
/// let boston = try BostonHousing(contentsOf: "data/boston_housing.csv")
/// let (training, validation) = boston.data.split(0.3, seed: 1)          // 354 and 152 districts
/// let (features, prices) = training.batch()                             // float32 [354, 13] and [354]
/// ```
///
/// One of the numbers was computed from the share of black people, to measure how self-segregation moves prices: the
/// data is kept to compare methods, not to draw conclusions from.
///
/// Source: D. Harrison, D. Rubinfeld, "Hedonic housing prices and the demand for clean air", 1978,
/// <http://lib.stat.cmu.edu/datasets/boston>.
public struct BostonHousing: Sendable {
    /// Features, float32 `[506, 13]`, and prices in thousands of dollars, float32 `[506]`.
    public let data: TensorDataset<(Tensor, Tensor)>
    /// What the columns of the features are: crime, zones, industry, river, nitric oxides, rooms, age, distance,
    /// highways, tax, pupils per teacher, the number spoken of above, and the share of poor people.
    public let featureNames: [String]

    /// Reads `boston_housing.csv` or `boston_housing.npz` in a folder, or one such file: a CSV file whose columns are
    /// 13 features and the price, or an `.npz` file with arrays `x` and `y`, as Keras keeps it.
    ///
    /// - Throws: `FormatError` with file, line and column, if it is not readable or something else. Any number of
    ///   districts is accepted.
    public init(contentsOf path: String) throws(FormatError) {
        var path = path
        if isFolder(path) {
            let candidates = ["csv", "npz"].map { "\(path)/boston_housing.\($0)" }
            path = candidates.first(where: fileExists) ?? candidates[0]
        }
        if path.hasSuffix(".npz") {
            let (x, y) = try TensorDataset(NPZFile(contentsOf: path), inputs: "x", targets: "y").tensors
            if x.rank != 2 || x.shape[1] != 13 || y.rank != 1 || !x.dtype.isFloatingPoint || !y.dtype.isFloatingPoint {
                throw FormatError(
                    path, expected: "floats x [N, 13] and y [N]",
                    found: "\(x.dtype) \(x.shape) and \(y.dtype) \(y.shape)")
            }
            data = TensorDataset(x.converted(to: .float32), y.converted(to: .float32))
            featureNames = Self.names
            return
        }
        let table = try CSVTable(contentsOf: path)
        if table.columnCount != 14 {
            throw FormatError(path, expected: "14 columns, the last with the price", found: "\(table.columnCount)")
        }
        data = try TensorDataset(table, target: .index(13))
        featureNames = Array(table.columnNames.dropLast())
    }

    private static let names = [
        "crim", "zn", "indus", "chas", "nox", "rm", "age", "dis", "rad", "tax", "ptratio", "b", "lstat",
    ]
}
