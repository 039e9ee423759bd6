namespace EdgeVision.Configuration;

/// <summary>One thing wrong with the configuration.</summary>
/// <param name="Path">Where, as <c>EdgeVision:Cameras:door:MaxFps</c>.</param>
/// <param name="Text">What is there, what was expected, what to do.</param>
public sealed record ConfigurationMistake(string Path, string Text)
{
    public override string ToString() => $"{Path}: {Text}";
}
