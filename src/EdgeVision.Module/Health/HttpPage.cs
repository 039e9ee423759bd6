namespace EdgeVision.Module.Health;

/// <summary>What a page says at this moment.</summary>
/// <param name="Status">Of HTTP.</param>
/// <param name="ContentType">With its charset.</param>
/// <param name="Text">Sent as UTF-8.</param>
internal sealed record HttpPage(int Status, string ContentType, string Text)
{
    /// <summary>A sentence.</summary>
    public static HttpPage Said(int status, string sentence) => new(status, "text/plain; charset=utf-8", sentence + "\n");

    /// <param name="status">Of HTTP.</param>
    /// <param name="json">Complete.</param>
    public static HttpPage Json(int status, string json) => new(status, "application/json; charset=utf-8", json + "\n");
}
