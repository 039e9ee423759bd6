using System.Text.Json;
using EdgeVision.Azure.Hub;

namespace EdgeVision.Module;

/// <summary>What this run cost at the hub, and what a day of it would: <c>messagesPerDay</c> are those of IoT Hub's daily quota, which are blocks.</summary>
/// <param name="Usage">By camera.</param>
/// <param name="Day">How many of such runs make a day; null for one that was too short to say.</param>
internal sealed record HubBill(IReadOnlyList<(string Camera, long Messages, long Blocks)> Usage, double? Day)
{
    /// <summary>A shorter run has not seen an interval of the slowest sampling.</summary>
    private static readonly TimeSpan Telling = TimeSpan.FromSeconds(10);

    public static HubBill Of(HubUsage usage)
    {
        var ran = usage.Elapsed;
        return new HubBill([.. usage.Cameras], ran < Telling ? null : TimeSpan.FromDays(1) / ran);
    }

    public void WriteTo(Utf8JsonWriter json)
    {
        json.WriteStartObject("iothub");
        Write(json, Usage.Sum(u => u.Messages), Usage.Sum(u => u.Blocks));
        json.WriteStartObject("perCamera");
        foreach (var (camera, messages, blocks) in Usage)
        {
            json.WriteStartObject(camera);
            Write(json, messages, blocks);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private void Write(Utf8JsonWriter json, long messages, long blocks)
    {
        json.WriteNumber("messages", messages);
        json.WriteNumber("blocks", blocks);
        if (Day is { } day) json.WriteNumber("messagesPerDay", Math.Round(blocks * day));
        else json.WriteNull("messagesPerDay");
    }
}
