namespace EdgeVision.Inference;

/// <summary>A cell of a feature map, where one prediction starts from.</summary>
/// <param name="X">Input pixels.</param>
/// <param name="Y">Input pixels.</param>
/// <param name="Stride">Input pixels a cell.</param>
internal readonly record struct GridCell(float X, float Y, float Stride)
{
    /// <summary>The cells of all feature maps, row by row, in the order of <paramref name="strides"/>.</summary>
    /// <param name="width">Of the input.</param>
    /// <param name="height">Of the input.</param>
    /// <param name="strides">Input pixels a cell.</param>
    /// <param name="centreOffset">0 for a cell's upper left corner, 0.5 for its middle.</param>
    public static GridCell[] Of(int width, int height, IReadOnlyList<int> strides, float centreOffset)
    {
        var cells = new List<GridCell>();
        foreach (var stride in strides)
        {
            var (columns, rows) = (DivideUp(width, stride), DivideUp(height, stride));
            for (var y = 0; y < rows; y++)
            {
                for (var x = 0; x < columns; x++) cells.Add(new GridCell((x + centreOffset) * stride, (y + centreOffset) * stride, stride));
            }
        }

        return [.. cells];
    }

    /// <summary>Of one feature map.</summary>
    public static int Count(int width, int height, int stride) => DivideUp(width, stride) * DivideUp(height, stride);

    private static int DivideUp(int length, int stride) => (length + stride - 1) / stride;
}
