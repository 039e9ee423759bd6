using EdgeVision.Inference;
using EdgeVision.Models;
using EdgeVision.Onnx;
using Microsoft.ML.OnnxRuntime;

namespace EdgeVision.IntegrationTests.Onnx;

/// <summary>What graphs of all families are found to give, before any decoder reads it.</summary>
public sealed class RealGraphTests
{
    private static readonly ModelInput Square416 = new() { Width = 416, Height = 416, Colour = ColourOrder.Bgr, Resize = ResizeMode.Letterbox };
    private static readonly ModelInput Square640 = Square416 with { Width = 640, Height = 640 };
    private static readonly ModelInput Bytes = new() { Width = 320, Height = 240, Element = TensorElement.UInt8, Layout = TensorLayout.Nhwc, Colour = ColourOrder.Rgb, Resize = ResizeMode.None };

    [Fact]
    public void NanoDet_Plus() => Gives("nanodet-plus-m/nanodet-plus-m-416.onnx", Square416, "[1,3598,112]");

    [Fact]
    public void NanoDet_Plus_int8() => Gives("nanodet-plus-m-int8/nanodet-plus-m-416-int8-qdq.onnx", Square416, "[1,3598,112]");

    [Fact]
    public void YoloX() => Gives("yolox-nano/yolox_nano_416.onnx", Square416, "[1,3549,85]");

    [Fact]
    public void YoloV8() => Gives("yolov8n/yolov8n-640-dequant.onnx", Square640, "[1,84,8400]");

    /// <summary>Its graph leaves the outputs open, and yet they are always the same.</summary>
    [Fact]
    public void Yolo26_end_to_end() => Gives("yolo26n-e2e-int8/yolo26n_640_dynamic_int8.onnx", Square640, "[1,300,6]");

    [Fact]
    public void UltraFace() => Gives("ultraface/version-RFB-320.onnx", Square416 with { Width = 320, Height = 240 }, "[1,4420,2] [1,4420,4]");

    [Fact]
    public void YuNet() => Gives("yunet/face_detection_yunet_2023mar.onnx", Square640, string.Join(' ',
        new[] { 1, 1, 4, 10 }.SelectMany(static columns => new[] { 6400, 1600, 400 }.Select(rows => $"[1,{rows},{columns}]"))));

    [Theory]
    [InlineData(320, 240)]
    [InlineData(641, 359)]
    public void A_TensorFlow_detector_of_any_size(int width, int height) =>
        Gives("ssd-tf/ssd_mobilenet_v1_coco_quant_qdq.onnx", Bytes with { Width = width, Height = height }, "[1,100,4] [1,100] [1,100] [1]");

    private static void Gives(string model, ModelInput input, string expected)
    {
        var path = Repository.Shared(["models", .. model.Split('/')]);
        OrtEnvironment.Prepare();
        using var options = new SessionOptions { IntraOpNumThreads = 1, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        using var session = new InferenceSession(path, options);
        using var run = new RunOptions();
        var manifest = new ModelManifest
        {
            Name = "real",
            Version = "1",
            Family = ModelFamily.NanoDet,
            Licence = "none",
            Source = "shared",
            File = Path.GetFileName(path),
            Sha256 = "",
            Input = input,
            ConfidenceThreshold = 0.5f,
        };
        var shapes = ModelGraph.Read(manifest, session).Probe(session, run, input);
        Assert.Equal(expected, string.Join(' ', shapes.Select(static s => $"[{string.Join(',', s.Dimensions)}]")));
        Assert.All(shapes, static s => Assert.Equal(-1, s.Rows));
    }
}
