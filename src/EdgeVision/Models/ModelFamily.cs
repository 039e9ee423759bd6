namespace EdgeVision.Models;

/// <summary>How a model's outputs are to be read. One decoder a family.</summary>
public enum ModelFamily
{
    /// <summary>Anchor-free rows of class scores and distance distributions: NanoDet and NanoDet-Plus.</summary>
    NanoDet,

    /// <summary>Rows of box, objectness and class scores, the box relative to its grid cell.</summary>
    Yolox,

    /// <summary>Rows of box, objectness and class scores, the box in input pixels: YOLOv5 and its kin.</summary>
    Yolov5,

    /// <summary>A plane for each number of a box and each class: YOLOv8, v9, v11 and others of Ultralytics.</summary>
    Yolov8,

    /// <summary>Finished detections, at most one an object: YOLOv10, YOLO26 and other graphs that need no suppression.</summary>
    EndToEnd,

    /// <summary>Boxes, classes, scores and their number, suppressed in the graph: TensorFlow Object Detection API and TFLite.</summary>
    TfObjectDetection,

    /// <summary>Class scores with a background column, and boxes as shares of the input: UltraFace.</summary>
    UltraFace,

    /// <summary>Class, objectness, box and landmarks for each stride: YuNet.</summary>
    YuNet,

    /// <summary>Class logits and boxes of a fixed number of queries: DETR, RT-DETR, D-FINE.</summary>
    Detr,
}
