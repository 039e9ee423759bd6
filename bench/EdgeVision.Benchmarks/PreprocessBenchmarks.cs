using BenchmarkDotNet.Attributes;
using EdgeVision.Frames;
using EdgeVision.Inference;
using EdgeVision.Models;

namespace EdgeVision.Benchmarks;

/// <summary>A camera frame into the tensor of the bundled model: letterboxed, normalised, planar.</summary>
[MemoryDiagnoser]
public class PreprocessBenchmarks
{
    private static readonly ModelInput Input = new()
    {
        Width = 416,
        Height = 416,
        Colour = ColourOrder.Bgr,
        Resize = ResizeMode.Letterbox,
        Mean = [103.53f, 116.28f, 123.675f],
        Std = [57.375f, 57.12f, 58.395f],
    };

    private byte[] _pixels = [];
    private FrameFormat _format;
    private Preprocessor _preprocessor = new(Input);

    [Params("1280x720", "1920x1080")]
    public string Frame { get; set; } = "";

    [Params(PixelFormat.Bgr24, PixelFormat.Yuyv, PixelFormat.Nv12)]
    public PixelFormat Pixels { get; set; }

    [Params(VectorWidth.None, VectorWidth.Bits128, VectorWidth.Bits256, VectorWidth.Bits512)]
    public VectorWidth Widest { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var (width, height) = Frame == "1280x720" ? (1280, 720) : (1920, 1080);
        _format = FrameFormat.Packed(Pixels, width, height);
        _pixels = new byte[_format.SizeInBytes];
        new Random(1).NextBytes(_pixels);
        _preprocessor = new Preprocessor(Input, Widest);
    }

    [Benchmark]
    public Letterbox Write()
    {
        _preprocessor.TryWrite(_pixels, _format, out var letterbox);
        return letterbox;
    }
}
