namespace EdgeVision.Inference;

/// <summary>How a frame is fitted into a model's input.</summary>
public enum ResizeMode
{
    /// <summary>Keeps the aspect ratio, picture centred, bars on two sides.</summary>
    Letterbox,

    /// <summary>Keeps the aspect ratio, picture at the top left, bars right or below.</summary>
    TopLeft,

    /// <summary>Fills the input; circles become ellipses.</summary>
    Stretch,

    /// <summary>The input has the frame's size: for graphs that resize by themselves.</summary>
    None,
}
