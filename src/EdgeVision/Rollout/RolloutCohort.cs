using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace EdgeVision.Rollout;

/// <summary>For which nodes a rollout is meant, decided by each of them alone and always in the same way.</summary>
public static class RolloutCohort
{
    /// <summary>
    /// 0 up to, not including, 100: the node's place among all for this target. A node that takes part at 1 % takes part at 10 %, and another target draws
    /// others first, so that it is not always the same shop that tries what is new.
    /// </summary>
    public static double PlaceOf(string device, string target)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentNullException.ThrowIfNull(target);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{device}\n{target}"), hash);
        return BinaryPrimitives.ReadUInt32BigEndian(hash) / (uint.MaxValue + 1.0) * 100;
    }

    /// <summary>Null when the node takes part, otherwise why not.</summary>
    public static string? WhyNot(RolloutOptions options, string device, string? ring)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Rings.Count > 0 && !options.Rings.Contains(ring, StringComparer.OrdinalIgnoreCase))
            return ring is null ? "It is meant for rings, and this node has no Ring." : $"It is not meant for ring '{ring}'.";
        var place = PlaceOf(device, options.Target);
        return place < options.Percent ? null : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"It is meant for {options.Percent:0.##} % of the nodes, and this one comes at {Math.Ceiling(place * 100) / 100:0.00} %.");
    }
}
