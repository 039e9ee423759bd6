using EdgeVision.Models;

namespace EdgeVision.Tests.Models;

public sealed class FamilyCluesTests
{
    public static TheoryData<string, string[], int, int, int?, string[]> Rows => new()
    {
        { "YOLOv8, 80 classes", ["output0 float32 [1,84,8400]"], 640, 640, null, ["yolov8 80"] },
        { "YOLOv8, one class, not square", ["output0 float32 [1,5,2100]"], 320, 320, null, ["yolov8 1"] },
        { "YOLOv8 with other labels", ["output0 float32 [1,84,8400]"], 640, 640, 20, [] },
        { "YOLOX without labels could also be NanoDet", ["output float32 [1,3549,85]"], 416, 416, null, ["yolox 80", "nanodet 53", "nanodet 41"] },
        { "YOLOX with labels", ["output float32 [1,3549,85]"], 416, 416, 80, ["yolox 80"] },
        { "NanoDet-g with labels", ["output float32 [1,3549,124]"], 416, 416, 80, ["nanodet 80"] },
        { "NanoDet-Plus with labels", ["output float32 [batch,3598,112]"], 416, 416, 80, ["nanodet 80"] },
        { "YOLOv5", ["output float32 [1,25200,85]"], 640, 640, null, ["yolov5 80"] },
        { "end to end", ["output0 float32 [1,300,6]"], 640, 640, null, ["endToEnd"] },
        { "UltraFace", ["scores float32 [1,4420,2]", "boxes float32 [1,4420,4]"], 320, 240, null, ["ultraface 1"] },
        { "DETR", ["logits float32 [1,300,80]", "pred_boxes float32 [1,300,4]"], 640, 640, null, ["detr"] },
        { "TensorFlow", ["detection_boxes:0 float32 [1,100,4]", "detection_classes:0 float32 [1,100]", "detection_scores:0 float32 [1,100]", "num_detections:0 float32 [1]"], 300, 300, 80, ["tfObjectDetection"] },
        { "a classifier", ["probabilities float32 [1,1000]"], 224, 224, null, [] },
        { "a segmenter", ["output0 float32 [1,116,8400]", "output1 float32 [1,32,160,160]"], 640, 640, null, [] },
        { "three outputs of RT-DETR with its postprocessor", ["labels int64 [1,300]", "boxes float32 [1,300,4]", "scores float32 [1,300]"], 640, 640, null, [] },
        { "open shapes", ["output0 float32 [batch,?,anchors]"], 640, 640, null, [] },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public void Outputs_point_to_families(string name, string[] outputs, int width, int height, int? labels, string[] expected)
    {
        Assert.NotEmpty(name);
        var guesses = FamilyClues.Find(OnnxBytes.Read(OnnxBytes.Model($"images float32 [1,3,{height},{width}]", outputs)).Outputs, width, height, labels);
        Assert.Equal(expected, guesses.Select(static g => g.Labels is null ? g.Family : $"{g.Family} {g.Labels}"));
    }

    [Fact]
    public void YuNet_is_known_by_its_twelve_outputs_and_their_strides()
    {
        string[] outputs = [.. new[] { "cls", "obj", "bbox", "kps" }.SelectMany(static kind => new[] { 8, 16, 32 }.Select(s => $"{kind}_{s} float32 [1,1,1]"))];
        var guess = Assert.Single(FamilyClues.Find(OnnxBytes.Read(OnnxBytes.Model("input float32 [1,3,640,640]", outputs)).Outputs, 640, 640, null));
        Assert.Equal(("yunet", true), (guess.Family, guess.IsUnmistakable));
        Assert.Equal("[8,16,32]", guess.Decoder!["strides"]!.ToJsonString());
    }

    [Fact]
    public void NanoDet_says_strides_and_bins()
    {
        var guess = Assert.Single(FamilyClues.Find(OnnxBytes.Read(OnnxBytes.Model("images float32 [1,3,416,416]", ["output float32 [1,3598,112]"])).Outputs, 416, 416, 80));
        Assert.Equal("""{"strides":[8,16,32,64],"regMax":7}""", guess.Decoder!.ToJsonString());
    }
}
