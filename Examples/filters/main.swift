import Foundation
import Tern

/// Shows what convolutions and pooling do: on matrices, in numbers, and on photographs, as a page of pictures.
func showFilters() throws {
    let arguments = Arguments("filters", "Shows what filters and pooling do to small matrices and to photographs.")
    let folder = arguments.string(
        "data", "DIR", "folder with camera.png and astronaut.png; without it, a drawn picture")
    let report = arguments.string("report", "FILE", "HTML page to write (default filters.html)") ?? "filters.html"
    let pictures = arguments.string("pictures", "DIR", "folder to write the pictures to as well")
    arguments.finish()
    if let pictures { try FileManager.default.createDirectory(atPath: pictures, withIntermediateDirectories: true) }

    showMatrices()
    if folder == nil { print("a picture that this program draws; --data takes photographs") }
    let color = try folder.map { try Image(contentsOf: "\($0)/astronaut.png", channels: .rgb).tensor() } ?? drawnScene()
    let grey =
        try folder.map { try Image(contentsOf: "\($0)/camera.png", channels: .grey).tensor() }
        ?? brightness.applied(to: color)
    var page = Report(title: "Filters", subtitle: "What convolutions and pooling do to pictures")
    for (name, title, row) in [
        ("edges", "Edges of a grey picture", edges(resized(grey, to: 64))),
        ("channels", "Channels of a colour picture", channels(resized(color, to: 128))),
        ("strides", "Stride and padding", strides(resized(grey, to: 128))),
        ("pooling", "Pooling", pooling(resized(grey, to: 128))), ("shift", "A shift by one pixel", shift()),
    ] {
        page.add(.pictures(title, row))
        guard let pictures else { continue }
        let columns = row.count % 5 == 0 ? 5 : 3
        try ImageGrid(title: title, columns: columns, pictures: row).write(to: "\(pictures)/\(name).svg")
    }
    try page.write(to: report)
    print("page: \(report)")
}

// MARK: - Matrices

/// The convolution of deep learning, as a sum for each place: the filter is not turned. The result has
/// `H - Kh + 1` rows and `W - Kw + 1` columns.
func convolved(_ x: [[Float]], _ filter: [[Float]]) -> [[Float]] {
    let (filterHeight, filterWidth) = (filter.count, filter[0].count)
    return (0...(x.count - filterHeight)).map { row in
        (0...(x[0].count - filterWidth)).map { column in
            var sum: Float = 0
            for i in 0..<filterHeight {
                for j in 0..<filterWidth { sum += x[row + i][column + j] * filter[i][j] }
            }
            return sum
        }
    }
}

func showMatrices() {
    let x: [[Float]] = [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11], [12, 13, 14, 15]]
    let filter: [[Float]] = [[1, 0], [0, -1]]
    let (input, kernel) = (Tensor([[x]]), Tensor([[filter]]))
    print("the matrix\n\(input[0, 0])\nand the filter\n\(kernel[0, 0])")
    let byHand = Tensor(convolved(x, filter))
    print("the sums by hand, 4 - 2 + 1 = 3 rows and columns\n\(byHand)")
    print("equal to conv2d: \(conv2d(input, kernel)[0, 0] == byHand)")
    // K - 1 zeros more on each axis keep the size: (K - 1) / 2 on each side, if K is odd.
    let three = Tensor.ones([1, 1, 3, 3])
    print("sums of 3 x 3 with a border of zeros, as large as the matrix\n\(conv2d(input, three, padding: 1)[0, 0])")
    print("and each second of them\n\(conv2d(input, three, stride: 2, padding: 1)[0, 0])")
    // Several channels: one matrix of the filter for each, and the sum of what they give.
    let two = concatenated([input, input + 1], axis: 1)
    let pair = concatenated([kernel, 2 * kernel], axis: 1)
    let apart = conv2d(input, kernel) + conv2d(input + 1, 2 * kernel)
    print(
        "two channels, one filter: \(two.shape) -> \(conv2d(two, pair).shape), "
            + "the sum of both: \(conv2d(two, pair) == apart)")
    let mixing = Tensor([[1.0, 0], [0, 1], [0.5, 0.5]]).reshaped([3, 2, 1, 1])
    print("three filters of 1 x 1 mix the channels: \(two.shape) -> \(conv2d(two, mixing).shape)")
    print("largest of 2 x 2\n\(maxPool2d(input, 2)[0, 0])\nmean of 2 x 2\n\(avgPool2d(input, 2)[0, 0])")
    print("largest of 3 x 3 at every place, which overlap\n\(maxPool2d(input, 3, stride: 1, padding: 1)[0, 0])")
}

runProgram("filters") { try showFilters() }
