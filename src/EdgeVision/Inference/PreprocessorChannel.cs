namespace EdgeVision.Inference;

/// <summary>Where the samples of one channel lie. Chroma that several pixels share belongs to each of them: see <see cref="Preprocessor"/> on siting.</summary>
/// <param name="Base">Of the first sample, in bytes.</param>
/// <param name="Stride">Between rows of samples, in bytes.</param>
/// <param name="RowShift">1 where two rows of pixels share a row of samples.</param>
/// <param name="ColumnShift">1 where two columns of pixels share a sample.</param>
/// <param name="Step">Between samples of a row, in bytes.</param>
internal readonly record struct PreprocessorChannel(int Base, int Stride, int RowShift, int ColumnShift, int Step)
{
    public int RowOf(int y) => Base + ((y >> RowShift) * Stride);

    public int ColumnOf(int x) => (x >> ColumnShift) * Step;
}
