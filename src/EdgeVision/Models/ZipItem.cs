namespace EdgeVision.Models;

/// <summary>An entry of a zip file, as its directory has it.</summary>
/// <param name="Name">A plain file name.</param>
/// <param name="Offset">Of its local header, from the file's beginning.</param>
/// <param name="IsDeflated">Otherwise stored.</param>
/// <param name="Packed">Bytes in the zip.</param>
/// <param name="Length">Bytes of the file.</param>
/// <param name="Crc">Of the file.</param>
/// <param name="NameBytes">Of the name in UTF-8, as local headers repeat it.</param>
internal readonly record struct ZipItem(string Name, long Offset, bool IsDeflated, long Packed, long Length, uint Crc, int NameBytes);
