using CsCheck;

namespace EdgeVision.Tests.Evaluation;

/// <summary>Good bytes with a few of them changed, removed, inserted or repeated.</summary>
internal static class Fuzz
{
    public static void Mutations(byte[] good, int iterations, Action<byte[]> read) =>
        Gen.Select(Gen.Int[0, good.Length - 1], Gen.Byte, Gen.Int[0, 3], Gen.Int[0, good.Length - 1]).Array[1, 4].Sample(mutations =>
        {
            var bytes = good.ToList();
            foreach (var (at, value, kind, from) in mutations)
            {
                var index = Math.Min(at, bytes.Count - 1);
                if (kind == 0) bytes[index] = value;
                else if (kind == 1) bytes.RemoveAt(index);
                else if (kind == 2) bytes.Insert(index, value);
                else bytes.InsertRange(index, good.Skip(from).Take(value));
            }

            read([.. bytes]);
        }, iter: iterations);
}
