using System.Text.Json.Nodes;

namespace EdgeVision.Models;

/// <summary>
/// How the training framework of a family prepares its pictures and which thresholds it starts with. Used only where the file itself shows
/// that it comes from there; otherwise it is what we propose to a person, who may know better.
/// </summary>
/// <param name="Colour">Word of model.json.</param>
/// <param name="Mean">Of each colour.</param>
/// <param name="Std">Of each colour.</param>
/// <param name="Resize">Word of model.json.</param>
/// <param name="Pad">Null where nothing is padded.</param>
/// <param name="Confidence">The framework's own default, which is a start and no measurement.</param>
/// <param name="NmsIou">Null where the graph has done it.</param>
internal sealed record FamilyHabits(string Colour, double[] Mean, double[] Std, string Resize, int? Pad, double Confidence, double? NmsIou)
{
    // The words of model.json:family.
    public const string NanoDet = "nanodet";
    public const string Yolox = "yolox";
    public const string Yolov5 = "yolov5";
    public const string Yolov8 = "yolov8";
    public const string EndToEnd = "endToEnd";
    public const string TfObjectDetection = "tfObjectDetection";
    public const string UltraFace = "ultraface";
    public const string YuNet = "yunet";
    public const string Detr = "detr";

    private static readonly double[] Zeros = [0, 0, 0];
    private static readonly double[] Ones = [1, 1, 1];
    private static readonly double[] Bytes = [255, 255, 255];

    /// <summary>Null for a word that is no family of ours.</summary>
    public static FamilyHabits? Of(string family) => family switch
    {
        NanoDet => new("bgr", [103.53, 116.28, 123.675], [57.375, 57.12, 58.395], "stretch", null, 0.35, 0.6),
        Yolox => new("bgr", Zeros, Ones, "topLeft", 114, 0.3, 0.65),
        Yolov5 => new("rgb", Zeros, Bytes, "letterbox", 114, 0.25, 0.45),
        Yolov8 => new("rgb", Zeros, Bytes, "letterbox", 114, 0.25, 0.7),
        EndToEnd => new("rgb", Zeros, Bytes, "letterbox", 114, 0.25, null),
        TfObjectDetection => new("rgb", Zeros, Ones, "stretch", null, 0.5, null),
        UltraFace => new("rgb", [127, 127, 127], [128, 128, 128], "stretch", null, 0.7, 0.3),
        YuNet => new("bgr", Zeros, Ones, "topLeft", 0, 0.6, 0.3),
        Detr => new("rgb", Zeros, Bytes, "stretch", null, 0.5, null),
        _ => null,
    };

    /// <summary>What exporters and converters call a family.</summary>
    public static string? Word(string text) => text.Trim().ToLowerInvariant() switch
    {
        "nanodet" or "nanodet-g" or "nanodet-plus" or "nanodet-plus-m" => NanoDet,
        "yolox" => Yolox,
        "yolov5" => Yolov5,
        "yolov8" or "yolov9" or "yolo11" or "yolov11" => Yolov8,
        "endtoend" or "yolo-end-to-end" or "yolov10" or "yolo26" => EndToEnd,
        "tfobjectdetection" or "tf-detection" or "ssd-tf" => TfObjectDetection,
        "ultraface" => UltraFace,
        "yunet" => YuNet,
        "detr" or "rt-detr" or "d-fine" => Detr,
        _ => null,
    };

    /// <summary>Keys of model.json:input, as far as nobody has said them.</summary>
    public void FillInput(ManifestDraft draft, string origin)
    {
        foreach (var (key, value) in Input()) draft.Add($"input:{key}", value?.DeepClone(), origin);
    }

    /// <summary>Keys of model.json:input; those that are their default are left out.</summary>
    public JsonObject Input()
    {
        var input = new JsonObject { ["colour"] = Colour };
        if (Mean != Zeros) input["mean"] = Numbers(Mean);
        if (Std != Ones) input["std"] = Numbers(Std);
        input["resize"] = Resize;
        if (Pad is > 0) input["pad"] = Pad;
        return input;
    }

    private static JsonArray Numbers(double[] numbers) => new([.. numbers.Select(static n => JsonValue.Create(n))]);
}
