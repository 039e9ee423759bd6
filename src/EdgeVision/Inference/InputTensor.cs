using System.Diagnostics;
using System.Runtime.InteropServices;
using EdgeVision.Models;

namespace EdgeVision.Inference;

/// <summary>
/// A model's input: pinned, so that it may be bound to native code for as long as somebody holds this object, and aligned to a cache line, so
/// that the widest stores never straddle two.
/// </summary>
public sealed class InputTensor
{
    private const int Alignment = 64;

    private readonly byte[] _array;
    private readonly int _offset;

    /// <param name="element">Type of the values.</param>
    /// <param name="length">Values, not bytes.</param>
    public InputTensor(TensorElement element, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        Element = element;
        Length = length;
        _array = GC.AllocateUninitializedArray<byte>(checked((length * SizeOf(element)) + Alignment), pinned: true);
        var address = (nuint)Marshal.UnsafeAddrOfPinnedArrayElement(_array, 0);
        _offset = (int)((Alignment - (address % Alignment)) % Alignment);
        Debug.Assert((address + (nuint)_offset) % Alignment == 0, "The offset rounds up to the next line.");
    }

    public TensorElement Element { get; }

    /// <summary>Values.</summary>
    public int Length { get; }

    public int SizeInBytes => Length * SizeOf(Element);

    /// <summary>Of the first value. Valid while this object is held.</summary>
    public nint Address => Marshal.UnsafeAddrOfPinnedArrayElement(_array, _offset);

    public Span<byte> Bytes => _array.AsSpan(_offset, SizeInBytes);

    /// <summary>The values, of a <see cref="TensorElement.Float32"/> tensor.</summary>
    public Span<float> Floats => Cast<float>(TensorElement.Float32);

    /// <summary>The values, of a <see cref="TensorElement.Float16"/> tensor.</summary>
    public Span<Half> Halves => Cast<Half>(TensorElement.Float16);

    private static int SizeOf(TensorElement element) => element switch
    {
        TensorElement.Float32 => sizeof(float),
        TensorElement.Float16 => sizeof(ushort),
        _ => sizeof(byte),
    };

    private Span<T> Cast<T>(TensorElement element) where T : struct
    {
        if (element != Element) throw new InvalidOperationException($"The tensor holds {Element}, not {element}.");
        return MemoryMarshal.Cast<byte, T>(Bytes);
    }
}
