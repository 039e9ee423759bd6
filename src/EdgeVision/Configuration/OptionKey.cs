namespace EdgeVision.Configuration;

/// <summary>What a configuration key means, as its reader declared it: the source of docs/configuration.md.</summary>
/// <param name="Path">As <c>EdgeVision:Cameras:&lt;name&gt;:MaxFps</c>.</param>
/// <param name="Type">For people: "integer", "milliseconds", "text", one of …</param>
/// <param name="Default">As it would be written; null where the key is required or absent means off.</param>
/// <param name="Range">Null where every value of the type will do.</param>
/// <param name="Text">What it does and what raising it costs.</param>
public sealed record OptionKey(string Path, string Type, string? Default, string? Range, string Text);
